export { extractHashtags, findHashtags, type Hashtag, isHashtagKey } from './hashtag.rules.ts';
export { hashtagKey } from './hashtag-key.rules.ts';
export { extractMentions } from './mention.rules.ts';
export { hasControlCharacters, lengthOf, normaliseText } from './text.rules.ts';
