export { extractHashtags, extractMentions } from './entities.rules.ts';
export { hashtagKey } from './hashtag-key.rules.ts';
export { hasControlCharacters, lengthOf, normaliseText } from './text.rules.ts';
