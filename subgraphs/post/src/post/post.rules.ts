import { type UserError, userError } from '@tintype/graphql';
import type { HasBannedWord, TextPolicy } from '@tintype/graphql/internal';
import { canViewPosts, NEW_ACCOUNT_LIMITS, type Relation } from '@tintype/policy';
import {
  extractHashtags,
  extractMentions,
  findLinks,
  isHarmfulText,
  lengthOf,
  normaliseText,
  TEXT_LIMITS,
} from '@tintype/text';
import type { CreatePostErrorCode, CreatePostInput, PostState } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import { MAX_ALT_TEXT, MAX_MEDIA } from '../limits.ts';
import type { PostModel } from './post.model.ts';

export type PostError = UserError<CreatePostErrorCode>;

/** @param limit in code points, after normalisation */
function checkText(
  text: string,
  limit: number,
  hasBannedWord: HasBannedWord,
  path: readonly (string | number)[],
): PostError | null {
  const normal = normaliseText(text);
  if (isHarmfulText(normal)) return inputError('TEXT_INVALID', path);
  if (lengthOf(normal) <= limit) return hasBannedWord(normal) ? inputError('TEXT_NOT_ALLOWED', path) : null;
  const message = `This text may have up to ${limit.toLocaleString('en')} characters. Shorten it.`;
  return userError('TEXT_TOO_LONG', message, 'input', ...path);
}

function checkCaption(caption: string, { hasBannedWord, isNewAccount }: TextPolicy): PostError[] {
  const error = checkText(caption, TEXT_LIMITS.length, hasBannedWord, ['caption']);
  // Do not parse a text that is too long.
  if (error) return [error];
  const text = normaliseText(caption);
  const mentions = extractMentions(text).length;
  return [
    mentions > TEXT_LIMITS.mentions && inputError('TOO_MANY_MENTIONS', ['caption']),
    ...(isNewAccount ? checkNewAccount(text, mentions) : []),
    extractHashtags(text).length > TEXT_LIMITS.hashtags && inputError('TOO_MANY_HASHTAGS', ['caption']),
  ].filter((error) => error !== false);
}

/** The caption of an account in its first days. */
function checkNewAccount(caption: string, mentions: number): PostError[] {
  const message = `In its first days, an account can mention up to ${NEW_ACCOUNT_LIMITS.mentions} people in a caption.`;
  const isOver = mentions > NEW_ACCOUNT_LIMITS.mentions && mentions <= TEXT_LIMITS.mentions;
  return [
    isOver && userError('TOO_MANY_MENTIONS', message, 'input', 'caption'),
    findLinks(caption).length > NEW_ACCOUNT_LIMITS.links && inputError('TOO_MANY_LINKS', ['caption']),
  ].filter((error) => error !== false);
}

/** Checks everything that needs no database. */
export function checkPost({ caption, media }: CreatePostInput, policy: TextPolicy): PostError[] {
  if (media.length < 1 || media.length > MAX_MEDIA) {
    return [userError('FILE_COUNT_INVALID', `A post needs 1 to ${MAX_MEDIA} photos.`, 'input', 'media')];
  }
  const twice = media.map(({ uploadId }, index) => {
    const first = media.findIndex((other) => other.uploadId === uploadId);
    if (first === index) return null;
    const message = 'This upload is in the post twice. Remove one of the two.';
    return userError('UPLOAD_USED', message, 'input', 'media', index, 'uploadId');
  });
  const texts = media.map(({ altText }, index) =>
    checkText(altText ?? '', MAX_ALT_TEXT, policy.hasBannedWord, ['media', index, 'altText']),
  );
  return [...checkCaption(caption ?? '', policy), ...twice, ...texts].filter((error) => error !== null);
}

/**
 * The author sees a post unless it was removed by a moderator. Other people see it if it is published and not
 * restricted, and they may see the author's posts for its audience.
 */
export function isVisible(post: PostModel, relation: Relation | null): boolean {
  if (!relation || !canViewPosts(post.audience, relation) || post.restriction === 'REMOVED') return false;
  return relation.isSelf || (post.state === 'PUBLISHED' && post.restriction === 'NONE');
}

/** Which of the requested states a list may contain: only the author sees posts that are not published. */
export function visibleStates(requested: readonly PostState[], isSelf: boolean): PostState[] {
  return [...new Set(requested)].filter((state) => isSelf || state === 'PUBLISHED').sort();
}
