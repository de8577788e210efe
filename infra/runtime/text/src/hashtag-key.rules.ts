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
 * The key of a hashtag, the same for all its spellings. It is Unicode's NFKC_Casefold (Unicode 16, D147), with two
 * changes: `İ` becomes `i`, so that `#İzmir` and `#izmir` are the same, and each letter has one form (`foldVariants`).
 * Accents count, apart from Arabic vowel signs. A leading # is optional. The key of a key is the key itself.
 */
export function hashtagKey(name: string): string {
  const bare = name.normalize('NFKC').replace(/^#/, '');
  return foldVariants(foldCase(bare.replace(INVISIBLE, '$1')))
    .normalize('NFKC')
    .replace(INVISIBLE, '$1');
}

/** The present keys of hashtags, from keys of an older version. */
export function renewKeys(keys: readonly string[]): string[] {
  return [...new Set(keys.map(hashtagKey))];
}
