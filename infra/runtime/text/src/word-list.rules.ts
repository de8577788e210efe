import { revealedTexts } from './disguise.rules.ts';
import { hasOtherLetters, withLatinLetters } from './look-alike.rules.ts';
import { bareText, keyOf, type Spellings, spellingsOf } from './word-spelling.rules.ts';

/** Scripts that do not separate words. */
const UNSPACED = String.raw`\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
/** A run of letters of such scripts, or a word of others. Punctuation and underscores separate words. */
const WORD = new RegExp(
  String.raw`(?<unspaced>[[${UNSPACED}]&&\p{L}][${UNSPACED}\p{M}]*)|[[\p{L}\p{M}\p{N}]--[${UNSPACED}]]+`,
  'gv',
);
const UNSPACED_START = new RegExp(`^[${UNSPACED}]`, 'v');
/** Words with spaces, hyphens or apostrophes between them, after each word was replaced by an x. */
const PHRASE = /^x+(?:[\s‐\-'’]+x+)*$/;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** A word or phrase of a list. */
export type ListedWord = {
  /** Its words, as they are compared. */
  keys: readonly [string, ...string[]];
  /** Whether words that begin with the last one are meant as well. */
  isPrefix: boolean;
};

/**
 * The word or phrase that somebody means, optionally with an asterisk at its end. Null for a text that has other signs,
 * and for a single letter, unless its script does not separate words.
 */
export function parseListedWord(text: string): ListedWord | null {
  const isPrefix = text.trim().endsWith('*');
  const phrase = bareText(text.trim().slice(0, isPrefix ? -1 : undefined));
  if (!PHRASE.test(phrase.replace(WORD, 'x'))) return null;
  const [first, ...others] = phrase.match(WORD)!.map(keyOf);
  const isLetter = others.length === 0 && [...first!].length === 1;
  return isLetter && !isUnspaced(first!) ? null : { keys: [first!, ...others], isPrefix };
}

/** Single words, by how they are compared. */
type Index = { words: Set<string>; prefixes: Set<string>; prefixLengths: number[] };

function createIndex(words: readonly { key: string; isPrefix: boolean }[]): Index {
  const prefixes = new Set(words.filter((word) => word.isPrefix).map(({ key }) => key));
  return {
    words: new Set(words.map(({ key }) => key)),
    prefixes,
    prefixLengths: [...new Set([...prefixes].map(({ length }) => length))],
  };
}

function isIn({ words, prefixes, prefixLengths }: Index, word: string): boolean {
  return (
    words.has(word) || prefixLengths.some((length) => length <= word.length && prefixes.has(word.slice(0, length)))
  );
}

/**
 * Compiles a list to a function that says whether a text contains one of its words or phrases. It takes linear time,
 * and hardly more for thousands of words.
 *
 * Words are compared without case, width, invisible characters and decorating marks; accents count. So are the words
 * that a word may stand for (`spellingsOf`) and those that a text hides (`revealedTexts`). Where a script does not
 * separate words, a word has to begin and end where a word can, according to the Unicode segmentation (UAX #29 and
 * dictionaries). Between the words of a phrase may be spaces and signs.
 */
export function compileWordList(list: readonly ListedWord[]): (text: string) => boolean {
  const single = list.flatMap(({ keys: [key, ...others], isPrefix }) => (others.length > 0 ? [] : [{ key, isPrefix }]));
  const unspaced = createIndex(single.filter(({ key }) => isUnspaced(key)));
  const unspacedLengths = [...new Set([...unspaced.words].map(({ length }) => length))];
  const spaced = single.filter(({ key }) => !isUnspaced(key));
  const plain = createIndex(spaced);
  /** The same words in Latin letters, for spellings that mix alphabets. */
  const latin = createIndex(spaced.map(({ key, isPrefix }) => ({ key: withLatinLetters(key), isPrefix })));
  const phrases = list.filter(({ keys }) => keys.length > 1);

  const hasSpaced = (spellings: readonly Spellings[]): boolean =>
    spellings.some((one) => one.plain.some((word) => isIn(plain, word)) || one.latin.some((word) => isIn(latin, word)));

  const hasUnspaced = (run: string): boolean => {
    if (unspaced.words.size === 0) return false;
    const key = keyOf(run);
    const bounds = new Set([key.length]);
    for (const { index } of segmenter.segment(key)) bounds.add(index);
    return [...bounds].some((start) =>
      unspacedLengths.some((length) => {
        const word = key.slice(start, start + length);
        if (word.length < length || !unspaced.words.has(word)) return false;
        return bounds.has(start + length) || unspaced.prefixes.has(word);
      }),
    );
  };

  const hasPhrase = (text: string, isOtherAlphabet: () => boolean): boolean => {
    const meanings = new Map<string, Set<string>>();
    const words = Array.from(text.matchAll(WORD), ([word]) => {
      const known = meanings.get(word);
      if (known) return known;
      const spellings = spellingsOf(word, isOtherAlphabet);
      const meant = new Set(spellings.flatMap((one) => [...one.plain, ...one.latin]));
      meanings.set(word, meant);
      return meant;
    });
    const isAt = (at: number, { keys, isPrefix }: ListedWord): boolean =>
      keys.every((key, index) => {
        const word = words[at + index];
        if (word === undefined || word.has(key)) return word !== undefined;
        return isPrefix && index === keys.length - 1 && [...word].some((one) => one.startsWith(key));
      });
    return words.some((_, at) => phrases.some((phrase) => isAt(at, phrase)));
  };

  const isFound = (text: string): boolean => {
    let isOther: boolean | undefined;
    const isOtherAlphabet = () => {
      isOther ??= hasOtherLetters(text);
      return isOther;
    };
    const seen = new Set<string>();
    for (const { 0: word, groups } of text.matchAll(WORD)) {
      if (seen.has(word)) continue;
      seen.add(word);
      const isInList =
        groups?.unspaced === undefined ? hasSpaced(spellingsOf(word, isOtherAlphabet)) : hasUnspaced(word);
      if (isInList) return true;
    }
    return phrases.length > 0 && hasPhrase(text, isOtherAlphabet);
  };

  if (list.length === 0) return () => false;
  return (text) => {
    const bare = bareText(text);
    return isFound(bare) || revealedTexts(bare).some(isFound);
  };
}

function isUnspaced(key: string): boolean {
  return UNSPACED_START.test(key);
}
