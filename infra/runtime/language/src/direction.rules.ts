/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Standard Annex #9). */
const [FSI, PDI] = ['\u2068', '\u2069'];

/** The blocks of scripts that are written from right to left, and the invisible characters that say so. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u2067\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The attributes of an HTML element whose text is in a language. */
export function htmlAttributes(language: string): string {
  return `lang="${language}" dir="${directionOf(language)}"`;
}

/** A name as a part of a text. It is isolated if it could change the order of the words around it. */
export function isolate(name: string, language: string): string {
  return directionOf(language) === 'rtl' || RIGHT_TO_LEFT.test(name) ? `${FSI}${name}${PDI}` : name;
}

function directionOf(language: string): 'ltr' | 'rtl' {
  return new Intl.Locale(language).getTextInfo().direction === 'rtl' ? 'rtl' : 'ltr';
}
