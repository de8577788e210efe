export { extractHashtags, findHashtags, type Hashtag, parseHashtagName } from './hashtag.rules.ts';
export { hashtagKey, renewKeys } from './hashtag-key.rules.ts';
export { foldVariants } from './letter-variants.rules.ts';
export { extractMentions } from './mention.rules.ts';
export { REGION_FLAG } from './region-flag.rules.ts';
export { isHarmfulText, isOneLine, lengthOf, normaliseText } from './text.rules.ts';
