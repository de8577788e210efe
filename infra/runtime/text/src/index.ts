export { BANNED_WORD_MESSAGE, MAX_BANNED_WORD, parseBannedWord } from './banned-word.rules.ts';
export { extractHashtags, findHashtags, type Hashtag, MAX_HASHTAG, parseHashtagName } from './hashtag.rules.ts';
export { hashtagKey, renewKeys } from './hashtag-key.rules.ts';
export { escapeHtml } from './html.ts';
export { foldVariants } from './letter-variants.rules.ts';
export { findLinks, type Link, parseWebUrl } from './link.rules.ts';
export { extractMentions, findMentions, type Mention } from './mention.rules.ts';
export { REGION_FLAG } from './region-flag.rules.ts';
export {
  HARMFUL_TEXT_MESSAGE,
  isHarmfulText,
  isOneLine,
  lengthOf,
  normaliseText,
  TEXT_LIMITS,
} from './text.rules.ts';
export { compileWordList, type ListedWord, parseListedWord } from './word-list.rules.ts';
