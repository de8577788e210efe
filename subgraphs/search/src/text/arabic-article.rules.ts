/**
 * The Arabic article, alone or after a conjunction or preposition that is written together with it: the prefixes that
 * Lucene's ArabicStemmer removes, without the single letter waw, with which many names begin.
 */
const ARTICLE = /^(?:ال|وال|بال|كال|فال|لل)(?=\p{Script=Arabic}{3})/u;

/** A folded word without its article: `القاهره` is `قاهره`. At least three letters stay, so `الله` stays as it is. */
export function withoutArticle(word: string): string {
  return word.replace(ARTICLE, '');
}
