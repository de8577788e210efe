import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import { ObjectMissingError } from '@tintype/s3';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { MediaStorage } from '#media/media.storage.ts';
import { PhotoRefusedError, UPLOAD_MISSING } from '#photo/photo-refused.error.ts';
import { renderPhoto } from '#photo/render-photo.ts';
import type { PostPublisher } from '#post/post.publisher.ts';
import { closeUploads, consumeUploads, findUpload } from '#upload/upload.repository.ts';
import type { UploadRef } from '#upload/upload.rules.ts';

type Outcome = { objectKey: string | null; placeholder: string | null; reason: string | null };

/**
 * Makes a profile picture and publishes its key for the user subgraph. Can run twice: the same upload has the same key.
 */
export function createAvatarRequestedConsumer(deps: {
  bus: EventBus;
  pool: pg.Pool;
  storage: MediaStorage;
  publisher: PostPublisher;
  log: Log;
}): Worker {
  const { bus, pool, storage, publisher, log } = deps;

  const render = async (ref: UploadRef): Promise<Outcome> => {
    try {
      const upload = await findUpload(pool, ref);
      if (!upload) throw new PhotoRefusedError(UPLOAD_MISSING);
      const rendered = await renderPhoto(await storage.takeOriginal(ref), upload.contentType);
      const thumbnail = rendered.renditions.filter((one) => one.kind === 'THUMBNAIL');
      const [stored] = await storage.writeRenditions(ref.id, { renditions: thumbnail });
      return { objectKey: stored!.key, placeholder: rendered.placeholder, reason: null };
    } catch (error) {
      if (error instanceof ObjectMissingError) return { objectKey: null, placeholder: null, reason: UPLOAD_MISSING };
      if (!(error instanceof PhotoRefusedError)) throw error;
      return { objectKey: null, placeholder: null, reason: error.message };
    }
  };

  return createConsumer({
    bus,
    stream: 'user',
    durable: 'post__avatar',
    filter: 'tintype.user.avatar.requested.v1',
    concurrency: 2,
    log,
    async handle(event) {
      const { userId, uploadId } = readData(USER_EVENTS, 'tintype.user.avatar.requested.v1', event);
      const ref = { ownerId: userId, id: uploadId };
      const outcome = await render(ref);
      await transaction(pool, async (tx) => {
        await consumeUploads(tx, userId, [uploadId]);
        await closeUploads(tx, userId, [uploadId]);
        await publisher.publishAvatar(tx, { userId: String(userId), uploadId: String(uploadId), ...outcome });
      });
      await storage.removeIncoming([ref]);
    },
  });
}
