import { can, type Relation } from '@tintype/policy';
import { extractHashtags, extractMentions, isHarmfulText, lengthOf, normaliseText } from '@tintype/text';
import type { CreatePostInput, PostState } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import type { PostModel } from './post.model.ts';

export const MAX_MEDIA = 20;
export const MAX_CAPTION = 2200;
export const MAX_ALT_TEXT = 1000;
export const MAX_HASHTAGS = 30;
export const MAX_MENTIONS = 20;

/** @param limit in code points, after normalisation */
function checkText(text: string, limit: number, path: readonly (string | number)[]): InputError | null {
  const normal = normaliseText(text);
  if (isHarmfulText(normal)) return inputError('TEXT_INVALID', path);
  if (lengthOf(normal) <= limit) return null;
  return inputError('TEXT_TOO_LONG', path, `This text may have up to ${limit.toLocaleString('en')} characters.`);
}

function checkCaption(caption: string): InputError[] {
  const wrong = checkText(caption, MAX_CAPTION, ['caption']);
  // What is too long is not looked at any closer.
  if (wrong) return [wrong];
  const text = normaliseText(caption);
  return [
    extractMentions(text).length > MAX_MENTIONS && inputError('TOO_MANY_MENTIONS', ['caption']),
    extractHashtags(text).length > MAX_HASHTAGS && inputError('TOO_MANY_HASHTAGS', ['caption']),
  ].filter((error) => error !== false);
}

/** Everything that can be seen without looking anything up. */
export function checkPost({ caption, media }: CreatePostInput): InputError[] {
  if (media.length < 1 || media.length > MAX_MEDIA) {
    return [inputError('FILE_COUNT_INVALID', ['media'], `A post has 1 to ${MAX_MEDIA} photos.`)];
  }
  const twice = media.map(({ uploadId }, index) => {
    const first = media.findIndex((other) => other.uploadId === uploadId);
    return first < index
      ? inputError('UPLOAD_USED', ['media', index, 'uploadId'], 'This upload is in this post twice.')
      : null;
  });
  const texts = media.map(({ altText }, index) => checkText(altText ?? '', MAX_ALT_TEXT, ['media', index, 'altText']));
  return [...checkCaption(caption ?? ''), ...twice, ...texts].filter((error) => error !== null);
}

/** Whether a viewer sees a post: its author always, others once it is published and while they may see the author's posts. */
export function isShown(post: PostModel, relation: Relation | null): boolean {
  if (!relation || !can('posts.view', relation)) return false;
  return post.state === 'PUBLISHED' || relation.isSelf;
}

/** Which of the states that were asked for a list may have: others than its author see published posts alone. */
export function statesToList(asked: readonly PostState[], isSelf: boolean): PostState[] {
  return [...new Set(asked)].filter((state) => isSelf || state === 'PUBLISHED').sort();
}
