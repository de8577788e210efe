import { withLoneJamo } from './jamo.rules.ts';
import { foldVariants } from './letter-variants.rules.ts';
import { REGION_FLAG } from './region-flag.rules.ts';

/**
 * Characters that no hashtag has: invisible ones, such as joiners and variation selectors, and the spaces in some
 * decompositions.
 */
const INVISIBLE = new RegExp(String.raw`(${REGION_FLAG})|\p{Default_Ignorable_Code_Point}|\s`, 'gu');

/**
 * Full case folding, letter by letter: `ß` and `ẞ` become `ss`, and all sigmas are the same. A dotless `ı` stays a
 * letter of its own, as in Unicode.
 */
function foldCase(text: string): string {
  let folded = '';
  for (const letter of text) folded += letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll('i\u0307', 'i');
}

/**
 * The form in which words are compared, the same for all spellings of a word. It is Unicode's NFKC_Casefold (Unicode
 * 16, D147), with three changes: `İ` becomes `i`, so that `İzmir` and `izmir` are the same, each letter has one form
 * (`foldVariants`), and Korean letters outside syllables stay as people type them, so that the form can be shown.
 * Accents count, apart from Arabic vowel signs.
 *
 * @param text in NFKC and without invisible characters
 */
export function foldWord(text: string): string {
  return withLoneJamo(foldVariants(foldCase(text)).normalize('NFKC'));
}

/**
 * The key of a hashtag: its name as `foldWord` has it. A leading # is optional. The key of a key is the key itself. It
 * is in NFC, because it is the name of a hashtag that no visible post has.
 */
export function hashtagKey(name: string): string {
  const bare = name.normalize('NFKC').replace(/^#/, '');
  return foldWord(bare.replace(INVISIBLE, '$1')).replace(INVISIBLE, '$1');
}

/** The present keys of hashtags, from keys of an older version. */
export function renewKeys(keys: readonly string[]): string[] {
  return [...new Set(keys.map(hashtagKey))];
}
