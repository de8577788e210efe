import { match } from '@formatjs/intl-localematcher';
import de from './messages/de.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };

export type MessageKey = keyof typeof en;

/** `locale`: how the texts write dates, numbers and lists. */
type Catalog = { locale: string; messages: Readonly<Record<MessageKey, string>> };

/** The languages that texts exist in, by their tags (BCP 47). A new one needs its file of messages and a line here. */
export const CATALOGS = {
  en: { locale: 'en-GB', messages: en },
  de: { locale: 'de', messages: de },
} as const satisfies Record<string, Catalog>;

export type Language = keyof typeof CATALOGS;

export const LANGUAGES = Object.keys(CATALOGS).filter(isLanguage);

/** For people whose languages we do not have. */
export const DEFAULT_LANGUAGE: Language = 'en';

/** The length of a tag that programs have to support (RFC 5646, section 4.4.1). */
const MAX_TAG = 35;
/** What `match` returns if nothing matches: the tag of an undetermined language. */
const NONE = 'und';

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(CATALOGS, tag);
}

/**
 * The language that a tag asks for, by the lookup of RFC 4647: `de` for `de-AT`.
 *
 * @returns null if there is none, or the tag is malformed or too long
 */
export function findLanguage(tag: string): Language | null {
  if (tag.length > MAX_TAG || !isTag(tag)) return null;
  const found = match([tag], LANGUAGES, NONE, { algorithm: 'lookup' });
  return isLanguage(found) ? found : null;
}

/** The closest language to a stored one, which may have been removed, or is known to newer processes only. */
export function languageOf(stored: string | undefined): Language {
  return (stored === undefined ? null : findLanguage(stored)) ?? DEFAULT_LANGUAGE;
}

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
