import { transaction } from '@tintype/postgres';
import { ObjectMissingError } from '@tintype/s3';
import { histogram } from '@tintype/telemetry';
import { findHashtags } from '@tintype/text';
import type pg from 'pg';
import { movePostCount } from '#author/author.repository.ts';
import { addHashtags } from '#hashtag/hashtag.repository.ts';
import type { PostPublisher } from '#post/post.publisher.ts';
import { findPosts, markFailed, markPublished } from '#post/post.repository.ts';
import { closeUploads, findUpload } from '#upload/upload.repository.ts';
import type { MediaModel, ProcessedMedia } from './media.model.ts';
import { findMedia, storeProcessed } from './media.repository.ts';
import type { MediaStorage } from './media.storage.ts';
import { GONE, PhotoRefusedError } from './photo-refused.error.ts';
import { renderPhoto } from './render-photo.ts';

export type ProcessMediaService = {
  /**
   * Turns a post that is PROCESSING into one that is PUBLISHED or FAILED. Can run twice, also at the same time.
   *
   * @param signal stops it between two photos
   */
  processPost(authorId: bigint, postId: bigint, signal: AbortSignal): Promise<void>;
  /** Turns a post that is PROCESSING into one that is FAILED, without its renditions. */
  failPost(authorId: bigint, postId: bigint, reason: string): Promise<void>;
};

const seconds = histogram('tintype_photo_render_seconds', 'Time from original to stored renditions, per photo', [
  'outcome',
]);

export function createProcessMediaService(deps: {
  pool: pg.Pool;
  storage: MediaStorage;
  publisher: PostPublisher;
  /** Whether everybody may see an author's posts. */
  isPublic(authorId: bigint): Promise<boolean>;
}): ProcessMediaService {
  const { pool, storage, publisher, isPublic } = deps;

  const process = async (authorId: bigint, media: MediaModel): Promise<ProcessedMedia> => {
    const stop = seconds.startTimer();
    try {
      const upload = await findUpload(pool, authorId, media.uploadId);
      if (!upload) throw new PhotoRefusedError(GONE);
      const original = await storage.takeOriginal(media.objectKey);
      const rendered = await renderPhoto(original, upload.contentType);
      const renditions = await storage.writeRenditions(media.id, rendered);
      stop({ outcome: 'rendered' });
      const { width, height, placeholder } = rendered;
      return { position: media.position, width, height, placeholder, renditions };
    } catch (caught) {
      const error = caught instanceof ObjectMissingError ? new PhotoRefusedError(GONE, { cause: caught }) : caught;
      stop({ outcome: error instanceof PhotoRefusedError ? 'refused' : 'failed' });
      throw error;
    }
  };

  const uploadIdsOf = (media: readonly MediaModel[]) => media.map((one) => one.uploadId);

  const publish = async (
    authorId: bigint,
    postId: bigint,
    media: readonly MediaModel[],
    processed: readonly ProcessedMedia[],
  ): Promise<boolean> => {
    const isSeenByAll = await isPublic(authorId);
    return transaction(pool, async (tx) => {
      const published = await markPublished(tx, authorId, postId);
      if (!published) return false;
      await storeProcessed(tx, authorId, postId, processed);
      await closeUploads(tx, authorId, uploadIdsOf(media));
      await movePostCount(tx, authorId, 1);
      const { caption, publishedAt, mentionedIds } = published;
      const hashtags = findHashtags(caption);
      await addHashtags(tx, { id: postId, authorId, publishedAt }, hashtags, isSeenByAll);
      await publisher.tell(tx, 'tintype.post.post.published.v1', {
        postId: String(postId),
        authorId: String(authorId),
        publishedMs: publishedAt.getTime(),
        caption,
        hashtags: hashtags.map((hashtag) => hashtag.key),
        mentionedIds: mentionedIds.map(String),
      });
      return true;
    });
  };

  const fail = (authorId: bigint, postId: bigint, media: readonly MediaModel[], reason: string): Promise<void> =>
    transaction(pool, async (tx) => {
      if (!(await markFailed(tx, authorId, postId, reason))) return;
      await closeUploads(tx, authorId, uploadIdsOf(media));
      const data = { postId: String(postId), authorId: String(authorId), reason };
      await publisher.tell(tx, 'tintype.post.post.failed.v1', data);
    });

  /** What a deleted post has, perhaps again: the cleanup may have come before this run wrote files. */
  const removeAll = async (media: readonly MediaModel[]): Promise<void> => {
    for (const one of media) await storage.removeMedia(one);
  };
  const removeIncoming = (media: readonly MediaModel[]) => storage.removeIncoming(media.map((one) => one.objectKey));

  return {
    async processPost(authorId, postId, signal) {
      const media = await findMedia(pool, [postId]);
      const [post] = await findPosts(pool, [postId]);
      if (!post) return removeAll(media);
      if (post.state !== 'PROCESSING') return;
      const processed: ProcessedMedia[] = [];
      for (const one of media) {
        signal.throwIfAborted();
        try {
          // One after the other: each uses all cores, and a carousel of twenty would hold a gigabyte.
          processed.push(await process(authorId, one));
        } catch (error) {
          if (!(error instanceof PhotoRefusedError)) throw error;
          await fail(authorId, postId, media, reasonOf(error, one, media.length));
          for (const done of media.slice(0, processed.length)) await storage.removeRenditions(done);
          return removeIncoming(media);
        }
      }
      if (await publish(authorId, postId, media, processed)) return removeIncoming(media);
      const [now] = await findPosts(pool, [postId]);
      if (!now) await removeAll(media);
    },
    async failPost(authorId, postId, reason) {
      const media = await findMedia(pool, [postId]);
      await fail(authorId, postId, media, reason);
      for (const one of media) await storage.removeRenditions(one);
      await removeIncoming(media);
    },
  };
}

function reasonOf(error: PhotoRefusedError, media: MediaModel, count: number): string {
  return count === 1 ? error.message : `Photo ${media.position + 1}: ${error.message}`;
}
