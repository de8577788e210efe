export { extractHashtags, findHashtags, type Hashtag, MAX_HASHTAG, parseHashtagName } from './hashtag.rules.ts';
export { hashtagKey, renewKeys } from './hashtag-key.rules.ts';
export { escapeHtml } from './html.ts';
export { foldVariants } from './letter-variants.rules.ts';
export { extractMentions } from './mention.rules.ts';
export { REGION_FLAG } from './region-flag.rules.ts';
export {
  HARMFUL_TEXT_MESSAGE,
  isHarmfulText,
  isOneLine,
  lengthOf,
  normaliseText,
  TEXT_LIMITS,
} from './text.rules.ts';
