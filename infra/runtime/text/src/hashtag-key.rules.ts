import { foldVariants } from './letter-variants.rules.ts';
import { REGION_FLAG } from './region-flag.rules.ts';

/** What nobody sees, such as joiners and variation selectors, and the spaces that some signs are taken apart into: no tag has one. */
const INVISIBLE = new RegExp(String.raw`(${REGION_FLAG})|\p{Default_Ignorable_Code_Point}|\s`, 'gu');

/** Full case folding, letter by letter: `ß` and `ẞ` are `ss` and each sigma the same. A dotless `ı` is a letter of its own, as in Unicode. */
function foldCase(text: string): string {
  let folded = '';
  for (const letter of text) folded += letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
  return folded.replaceAll('i\u0307', 'i');
}

/**
 * The key of a hashtag: equal for all ways of writing that are one tag. Unicode's NFKC_Casefold (Unicode 16, D147), but with `İ`
 * as `i`, so that `#İzmir` and `#izmir` are one, and with one way of writing each letter (`foldVariants`). Accents count. With or without a leading #. Normalising a key changes nothing.
 */
export function hashtagKey(name: string): string {
  const bare = name.normalize('NFKC').replace(/^#/, '');
  return foldVariants(foldCase(bare.replace(INVISIBLE, '$1')))
    .normalize('NFKC')
    .replace(INVISIBLE, '$1');
}

/** Keys of hashtags as they are made now, of those that were made before. */
export function renewKeys(keys: readonly string[]): string[] {
  return [...new Set(keys.map(hashtagKey))];
}
