import { foldWord } from './hashtag-key.rules.ts';
import { withLatinLetters, withoutEnclosures } from './look-alike.rules.ts';

const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/**
 * Two ligatures of Arabic blessings, each a phrase of up to 18 letters. NFKC would make texts of them many times longer
 * than their limit. No other character becomes more than six.
 */
const PHRASES = /[\ufdfa\ufdfb]/g;
/** An accent alone, of which NFKC would make a space and a mark. */
const ACUTE = /\u00b4/g;
/** Marks that change no letter of these alphabets, because otherwise NFKC had combined them: decoration. */
const DECORATION = /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}])\p{M}+/gu;
/** Where one word ends and another begins in a hashtag or a username. */
const CAMEL = /(?<=\p{Ll})(?=\p{Lu})/u;
const STRETCHED = /(\p{L})\1{2,}/gu;
/** The Arabic article, with the conjunctions and prepositions that are written together with it. */
const ARTICLE = /^[وف]?(?:[بك]?ال|لل)(?=\p{Script=Arabic}{2})/u;
/** Single jamo before or after a word: laughter, crying. */
const JAMO = /^[ㄱ-ㆎ]+(?=[가-힣])|(?<=\p{L})(?<![ㄱ-ㆎ])[ㄱ-ㆎ]+$/gu;
/** What is written together with a Korean noun: the plural, particles, and forms of the copula. */
const PARTICLE =
  /(?<=[가-힣]{2})(?:들|들?(?:은|는|이|가|을|를|의|에|에게|에서|도|만|와|과|이?랑|이?나|으?로|이?라고|아|이?야|이?여|이?다|입니다|이에요|예요|이?네|이?지|이?냐|이?니))$/u;
const NOT_LATIN = /[^\p{Script=Latin}\p{N}\p{M}]/u;
/** Letters of two alphabets, or a digit between two letters. */
const MIXED = /[a-z]|\p{L}\d+\p{L}/u;
const DIGITS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' };

/** The text without invisible characters, and without marks that only decorate letters. */
export function bareText(text: string): string {
  const composed = text.replace(PHRASES, ' ').replace(ACUTE, "'").normalize('NFKC');
  return withoutEnclosures(composed.replace(INVISIBLE, '').replace(DECORATION, ''));
}

const ASCII = /^[A-Za-z0-9]*$/;

/** The form of a word of a bare text in which it is compared. */
export function keyOf(word: string): string {
  return ASCII.test(word) ? word.toLowerCase() : foldWord(word);
}

/** What a word may stand for: in its own alphabet and, if it may be a disguised Latin word, in Latin letters. */
export type Spellings = { plain: readonly string[]; latin: readonly string[] };

const NONE: readonly string[] = [];
const LOWER = /^[a-z]+$/;

/**
 * What a word of a bare text may stand for, and then the same for the parts of `CamelCase`: the word itself, without
 * what its language writes together with it, without digits around it, with letters for digits, and less stretched.
 *
 * @param isOtherAlphabet whether the text is written in another alphabet than the Latin one. There, a word of only
 * look-alike letters is a word of that alphabet
 */
export function spellingsOf(word: string, isOtherAlphabet: () => boolean): Spellings[] {
  // The fast path for most words.
  if (LOWER.test(word)) return [{ plain: lessStretched(word), latin: NONE }];
  const parts = word.split(CAMEL);
  return (parts.length > 1 ? [word, ...parts] : parts).map((part) => spellingOf(part, isOtherAlphabet));
}

function spellingOf(word: string, isOtherAlphabet: () => boolean): Spellings {
  const key = keyOf(word);
  if (ASCII.test(key)) return { plain: disguisesOf(key), latin: NONE };
  const mixed = withLatinLetters(key);
  const isLatin = (mixed !== key || NOT_LATIN.test(key)) && (MIXED.test(key) || !isOtherAlphabet());
  return { plain: variantsOf(key), latin: isLatin ? variantsOf(mixed) : NONE };
}

function variantsOf(key: string): string[] {
  const word = key.replace(ARTICLE, '').replace(JAMO, '');
  const stem = word.replace(PARTICLE, '');
  return [...new Set([key, word, stem])].flatMap(disguisesOf);
}

function lessStretched(key: string): string[] {
  const once = key.replace(STRETCHED, '$1');
  return once === key ? [key] : [key, once, key.replace(STRETCHED, '$1$1')];
}

function disguisesOf(key: string): string[] {
  const spellings = lessStretched(key);
  if (!/\d/.test(key)) return spellings;
  return spellings.flatMap((spelling) => [
    spelling,
    spelling.replace(/^\d+|\d+$/g, ''),
    ...(isMostlyLetters(spelling) ? [decode(spelling, 'i'), decode(spelling, 'l')] : []),
  ]);
}

/** `A55` is a road. */
function isMostlyLetters(word: string): boolean {
  const digits = word.replace(/\D/g, '').length;
  return word.length >= digits * 2;
}

function decode(word: string, one: string): string {
  return word.replace(/\d/g, (digit) => (digit === '1' ? one : (DIGITS[digit] ?? digit)));
}
