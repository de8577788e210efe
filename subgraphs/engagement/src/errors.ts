import { type UserError, userError } from '@tintype/graphql';

/** The messages of input errors. */
const MESSAGES = {
  TEXT_TOO_LONG:
    'The text is too long. A comment or share can have up to 2,200 characters, and the name of a collection up to 50.',
  TEXT_REQUIRED: 'Enter a text that does not consist only of spaces.',
  TEXT_INVALID:
    'Remove control characters, invisible text, characters that change the text direction, and letters with more than 4 stacked marks.',
  TOO_MANY_MENTIONS: 'A comment can mention up to 20 people.',
  TOO_MANY_HASHTAGS: 'A comment can have up to 30 hashtags.',
  POST_NOT_FOUND: 'This post does not exist, or you do not have access to it.',
  COMMENT_NOT_FOUND: 'This comment does not exist, or you do not have access to it.',
  COMMENT_NOT_OWNED: 'Only the author of the comment or post can do this.',
  COMMENT_TOO_OLD: 'You can edit a comment for 15 minutes after posting it.',
  COMMENTS_DISABLED: 'The author of this post does not allow comments.',
  REPLY_TOO_DEEP: 'A reply cannot have replies. Reply to its comment instead.',
  REPLY_NOT_PINNABLE: 'A reply cannot be pinned. Pin its comment instead.',
  TOO_MANY_PINS: 'You can pin up to 3 comments on a post. Unpin one first.',
  TOO_MANY_WORDS: 'A filter can have up to 100 words of 1 to 50 characters each.',
  POST_NOT_SHAREABLE: 'Posts by private accounts cannot be shared.',
  SHARE_NOT_FOUND: 'You do not have this share. It may have been deleted.',
  COLLECTION_NOT_FOUND: 'You do not have this collection. It may have been deleted.',
  COLLECTION_NAME_TAKEN: 'You already have a collection with this name. Choose another name.',
  TOO_MANY_COLLECTIONS: 'You can have up to 500 collections. Delete one first.',
} as const;

export type ErrorCode = keyof typeof MESSAGES;

export type InputError<Code extends ErrorCode = ErrorCode> = UserError<Code>;

/** @param field of the input to which the error applies. The whole input if left out */
export function inputError<Code extends ErrorCode>(
  code: Code,
  field?: string,
  message: string = MESSAGES[code],
): InputError<Code> {
  return field ? userError(code, message, 'input', field) : userError(code, message, 'input');
}
