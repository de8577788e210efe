import { transaction } from '@tintype/postgres';
import type { SignalPublisher } from '@tintype/redis';
import { findHashtags } from '@tintype/text';
import type pg from 'pg';
import { addHashtags } from '#hashtag/hashtag.repository.ts';
import { type MediaModel, type ProcessedMedia, storedPhotoOf, uploadOf } from '#media/media.model.ts';
import { findMedia, storeProcessed } from '#media/media.repository.ts';
import type { MediaService } from '#media/media.service.ts';
import type { MediaStorage } from '#media/media.storage.ts';
import { PhotoRefusedError } from '#photo/photo-refused.error.ts';
import type { PostPublisher } from '#post/post.publisher.ts';
import { findPosts, markFailed, markPublished } from '#post/post.repository.ts';
import { changePostCounts } from '#post/post-count.repository.ts';
import { closeUploads } from '#upload/upload.repository.ts';

export type PublishPostService = {
  /**
   * Processes the photos of a PROCESSING post and makes it PUBLISHED or FAILED. Can run twice, also at the same time.
   *
   * @param signal stops it between two photos
   */
  publish(authorId: bigint, postId: bigint, signal: AbortSignal): Promise<void>;
  /** Makes a PROCESSING post FAILED and removes its renditions. */
  fail(authorId: bigint, postId: bigint, reason: string): Promise<void>;
};

export function createPublishPostService(deps: {
  pool: pg.Pool;
  media: MediaService;
  storage: MediaStorage;
  publisher: PostPublisher;
  signals: SignalPublisher;
  /** Whether everybody may see the posts of an account. */
  isPublicAccount(userId: bigint): Promise<boolean>;
}): PublishPostService {
  const { pool, media: mediaService, storage, publisher, signals, isPublicAccount } = deps;

  const uploadIdsOf = (media: readonly MediaModel[]) => media.map((one) => one.uploadId);

  const markAsPublished = async (
    authorId: bigint,
    postId: bigint,
    media: readonly MediaModel[],
    processed: readonly ProcessedMedia[],
  ): Promise<boolean> => {
    const isPublic = await isPublicAccount(authorId);
    return transaction(pool, async (tx) => {
      const published = await markPublished(tx, authorId, postId);
      if (!published) return false;
      await storeProcessed(tx, authorId, postId, processed);
      await closeUploads(tx, authorId, uploadIdsOf(media));
      await changePostCounts(tx, authorId, [published], 1);
      const { publishedAt, mentionedIds, audience } = published;
      // What only close friends see is not in lists of hashtags, and not in events from which others build indexes.
      const caption = audience === 'EVERYONE' ? published.caption : '';
      const hashtags = findHashtags(caption);
      await addHashtags(tx, { id: postId, authorId, publishedAt }, hashtags, isPublic);
      await publisher.publish(tx, 'tintype.post.post.published.v1', {
        postId: String(postId),
        authorId: String(authorId),
        audience,
        publishedMs: publishedAt.getTime(),
        caption,
        hashtags: hashtags.map((hashtag) => hashtag.key),
        mentionedIds: mentionedIds.map(String),
      });
      return true;
    });
  };

  const markAsFailed = async (
    authorId: bigint,
    postId: bigint,
    media: readonly MediaModel[],
    reason: string,
  ): Promise<void> => {
    const isMarked = await transaction(pool, async (tx) => {
      if (!(await markFailed(tx, authorId, postId, reason))) return false;
      await closeUploads(tx, authorId, uploadIdsOf(media));
      const data = { postId: String(postId), authorId: String(authorId), reason };
      await publisher.publish(tx, 'tintype.post.post.failed.v1', data);
      return true;
    });
    if (isMarked) await signals.publish([{ subject: String(postId), version: 'FAILED' }]);
  };

  /** Removes the files of a deleted post again, because this run may have written files after the first removal. */
  const removeAll = async (media: readonly MediaModel[]): Promise<void> => {
    for (const one of media) await storage.removePhoto(storedPhotoOf(one));
  };
  const removeIncoming = (media: readonly MediaModel[]) => storage.removeIncoming(media.map(uploadOf));

  return {
    async publish(authorId, postId, signal) {
      const media = await findMedia(pool, [postId]);
      const [post] = await findPosts(pool, [postId]);
      if (!post) return removeAll(media);
      if (post.state !== 'PROCESSING') return;
      const processed: ProcessedMedia[] = [];
      for (const one of media) {
        signal.throwIfAborted();
        try {
          // One after the other: each photo uses all cores, and twenty at once would take a gigabyte of memory.
          processed.push(await mediaService.process(one));
        } catch (error) {
          if (!(error instanceof PhotoRefusedError)) throw error;
          await markAsFailed(authorId, postId, media, reasonOf(error, one, media.length));
          for (const done of media.slice(0, processed.length)) await storage.removeRenditions(done);
          return removeIncoming(media);
        }
      }
      if (await markAsPublished(authorId, postId, media, processed)) {
        await signals.publish([{ subject: String(postId), version: 'PUBLISHED' }]);
        return removeIncoming(media);
      }
      const [now] = await findPosts(pool, [postId]);
      if (!now) await removeAll(media);
    },
    async fail(authorId, postId, reason) {
      const media = await findMedia(pool, [postId]);
      await markAsFailed(authorId, postId, media, reason);
      for (const one of media) await storage.removeRenditions(one);
      await removeIncoming(media);
    },
  };
}

function reasonOf(error: PhotoRefusedError, media: MediaModel, count: number): string {
  return count === 1 ? error.message : `Photo ${media.position + 1}: ${error.message}`;
}
