import { userError } from '@tintype/graphql';
import type { TextPolicy } from '@tintype/graphql/internal';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import {
  extractHashtags,
  extractMentions,
  findLinks,
  isHarmfulText,
  lengthOf,
  normaliseText,
  TEXT_LIMITS,
} from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import type { CommentModel } from './comment.model.ts';

/** What can be wrong with the text of a comment. */
export type TextErrorCode =
  | 'TEXT_REQUIRED'
  | 'TEXT_TOO_LONG'
  | 'TEXT_INVALID'
  | 'TOO_MANY_MENTIONS'
  | 'TOO_MANY_HASHTAGS'
  | 'TOO_MANY_LINKS'
  | 'TEXT_NOT_ALLOWED';

const MAX_LENGTH = TEXT_LIMITS.length.toLocaleString('en');

export type CheckedText = { text: string; mentions: string[]; hashtags: string[] };

/** Checks the text of a comment as far as possible without I/O. */
export function checkText(
  input: string,
  { hasBannedWord, isNewAccount }: TextPolicy,
): CheckedText | { errors: InputError<TextErrorCode>[] } {
  const text = normaliseText(input).trim();
  if (text === '') return { errors: [inputError('TEXT_REQUIRED', 'text')] };
  // Texts that are too long are not analysed further.
  if (lengthOf(text) > TEXT_LIMITS.length) {
    const message = `A comment can have up to ${MAX_LENGTH} characters.`;
    return { errors: [userError('TEXT_TOO_LONG', message, 'input', 'text')] };
  }
  const mentions = extractMentions(text);
  const hashtags = extractHashtags(text);
  const errors = [
    isHarmfulText(text) && inputError('TEXT_INVALID', 'text'),
    mentions.length > TEXT_LIMITS.mentions && inputError('TOO_MANY_MENTIONS', 'text'),
    ...(isNewAccount ? checkNewAccount(text, mentions.length) : []),
    hashtags.length > TEXT_LIMITS.hashtags && inputError('TOO_MANY_HASHTAGS', 'text'),
    hasBannedWord(text) && inputError('TEXT_NOT_ALLOWED', 'text'),
  ].filter((error) => error !== false);
  return errors.length > 0 ? { errors } : { text, mentions, hashtags };
}

/** The texts of an account in its first days. */
function checkNewAccount(text: string, mentions: number): InputError<'TOO_MANY_MENTIONS' | 'TOO_MANY_LINKS'>[] {
  const message = `In its first days, an account can mention up to ${NEW_ACCOUNT_LIMITS.mentions} people in a comment.`;
  const isOver = mentions > NEW_ACCOUNT_LIMITS.mentions && mentions <= TEXT_LIMITS.mentions;
  return [
    isOver && userError('TOO_MANY_MENTIONS', message, 'input', 'text'),
    findLinks(text).length > NEW_ACCOUNT_LIMITS.links && inputError('TOO_MANY_LINKS', 'text'),
  ].filter((error) => error !== false);
}

type ShareError = InputError<'TEXT_TOO_LONG' | 'TEXT_INVALID' | 'TOO_MANY_LINKS' | 'TEXT_NOT_ALLOWED'>;

/** Checks the text of a share, which may be empty. */
export function checkShareText(
  input: string,
  { hasBannedWord, isNewAccount }: TextPolicy,
): string | { errors: ShareError[] } {
  const text = normaliseText(input).trim();
  if (lengthOf(text) > TEXT_LIMITS.length) {
    const message = `The text of a share can have up to ${MAX_LENGTH} characters.`;
    return { errors: [userError('TEXT_TOO_LONG', message, 'input', 'text')] };
  }
  if (isHarmfulText(text)) return { errors: [inputError('TEXT_INVALID', 'text')] };
  if (isNewAccount && findLinks(text).length > NEW_ACCOUNT_LIMITS.links)
    return { errors: [inputError('TOO_MANY_LINKS', 'text')] };
  return hasBannedWord(text) ? { errors: [inputError('TEXT_NOT_ALLOWED', 'text')] } : text;
}

type Ranked = Pick<CommentModel, 'id' | 'likeCount' | 'pinnedAt'>;

/** Sorts as the top comments of a post are listed: pinned ones first, then by likes. */
export function compareTop(one: Ranked, other: Ranked): number {
  const pinned = (other.pinnedAt?.getTime() ?? 0) - (one.pinnedAt?.getTime() ?? 0);
  return pinned || other.likeCount - one.likeCount || (one.id < other.id ? 1 : -1);
}
