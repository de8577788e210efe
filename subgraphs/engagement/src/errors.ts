import { type UserError, userError } from '@tintype/graphql';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { BANNED_WORD_MESSAGE, HARMFUL_TEXT_MESSAGE, TEXT_LIMITS } from '@tintype/text';
import { COLLECTIONS, EDITABLE_MINUTES, FILTER, MAX_PINS } from './limits.ts';

/** The messages of input errors whose message is always the same. */
const MESSAGES = {
  TEXT_REQUIRED: 'Enter a text that does not consist only of spaces.',
  TEXT_INVALID: HARMFUL_TEXT_MESSAGE,
  TEXT_NOT_ALLOWED: BANNED_WORD_MESSAGE,
  TOO_MANY_MENTIONS: `A comment can mention up to ${TEXT_LIMITS.mentions} people.`,
  TOO_MANY_LINKS: `In its first days, an account can have up to ${NEW_ACCOUNT_LIMITS.links} link in a text.`,
  TOO_MANY_COMMENTS: `In its first days, an account can write up to ${NEW_ACCOUNT_LIMITS.comments} comments within 24 hours.`,
  TOO_MANY_HASHTAGS: `A comment can have up to ${TEXT_LIMITS.hashtags} hashtags.`,
  POST_NOT_FOUND: 'This post does not exist, or you do not have access to it.',
  COMMENT_NOT_FOUND: 'This comment does not exist, or you do not have access to it.',
  COMMENT_NOT_OWNED: 'Only the author of the comment or post can do this.',
  COMMENT_NOT_APPROVED: 'This comment, or the one to which it replies, waits for your approval. Approve it first.',
  COMMENT_EDITED: 'This comment was edited since you read it. Read it again before you approve it.',
  COMMENT_TOO_OLD: `You can edit a comment for ${EDITABLE_MINUTES} minutes after posting it.`,
  COMMENTS_DISABLED: 'The author of this post does not allow comments.',
  REPLY_TOO_DEEP: 'A reply cannot have replies. Reply to its comment instead.',
  REPLY_NOT_PINNABLE: 'A reply cannot be pinned. Pin its comment instead.',
  TOO_MANY_PINS: `You can pin up to ${MAX_PINS} comments on a post. Unpin one first.`,
  TOO_MANY_WORDS: `A filter can have up to ${FILTER.words} words.`,
  POST_NOT_SHAREABLE: 'Posts by private accounts and posts for close friends cannot be shared.',
  SHARE_NOT_FOUND: 'You do not have this share. It may have been deleted.',
  COLLECTION_NOT_FOUND: 'You do not have this collection. It may have been deleted.',
  COLLECTION_NAME_TAKEN: 'You already have a collection with this name. Choose another name.',
  TOO_MANY_COLLECTIONS: `You can have up to ${COLLECTIONS.number} collections. Delete one first.`,
} as const;

export type StandardCode = keyof typeof MESSAGES;
/** The message of `TEXT_TOO_LONG` says how long the text may be, which is different for each text. */
export type ErrorCode = StandardCode | 'TEXT_TOO_LONG';

export type InputError<Code extends ErrorCode = ErrorCode> = UserError<Code>;

/** @param path of the value within the input */
export function inputError<Code extends StandardCode>(code: Code, ...path: (string | number)[]): InputError<Code> {
  return userError(code, MESSAGES[code], 'input', ...path);
}
