export { extractHashtags, findHashtags, type Hashtag, parseHashtagName } from './hashtag.rules.ts';
export { extractMentions } from './mention.rules.ts';
export { REGION_FLAG } from './region-flag.rules.ts';
export { isHarmfulText, lengthOf, normaliseText } from './text.rules.ts';
