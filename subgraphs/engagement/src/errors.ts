import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with an input, and how it is said; a text that needs a number is said where the number is. */
const MESSAGES: Record<UserErrorCode, string> = {
  TEXT_TOO_LONG: 'A comment, or the text of a share, may have up to 2,200 characters, and the name of a collection 50.',
  TEXT_REQUIRED: 'Write something: this may not be empty, nor spaces alone.',
  TEXT_INVALID:
    'A text shows something and has no control characters but tabs and line breaks, no direction that is forced or left open, and up to 4 marks on a letter that its script does not have.',
  TOO_MANY_MENTIONS: 'A comment may mention up to 20 people.',
  TOO_MANY_HASHTAGS: 'A comment may have up to 30 hashtags.',
  POST_NOT_FOUND: 'There is no such post that you may see, or it is not yours.',
  COMMENT_NOT_FOUND: 'There is no such comment that you may see.',
  COMMENT_NOT_OWNED: 'This comment is not yours.',
  COMMENT_TOO_OLD: 'A comment can be changed for 15 minutes.',
  COMMENTS_DISABLED: 'The author of this post does not allow comments.',
  REPLY_TOO_DEEP: 'A reply cannot be replied to. Reply to its comment.',
  REPLY_NOT_PINNABLE: 'Replies cannot be pinned.',
  TOO_MANY_PINS: 'Three comments of this post are pinned already.',
  TOO_MANY_WORDS: 'A filter has up to 100 words of 1 to 50 characters.',
  POST_NOT_SHAREABLE: 'Posts of private accounts cannot be shared.',
  SHARE_NOT_FOUND: 'You have no such share.',
  COLLECTION_NOT_FOUND: 'You have no such collection.',
  COLLECTION_NAME_TAKEN: 'You have a collection of this name.',
  TOO_MANY_COLLECTIONS: 'You have 500 collections, as many as one may.',
};

export type InputError = UserError<UserErrorCode>;

/** @param field of the input; the whole input where it is left out */
export function inputError(code: UserErrorCode, field?: string, message = MESSAGES[code]): InputError {
  return field ? userError(code, message, 'input', field) : userError(code, message, 'input');
}
