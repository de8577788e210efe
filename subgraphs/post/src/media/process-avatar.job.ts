import { createConsumer, type EventBus, readData, type Worker } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import { ObjectMissingError } from '@tintype/s3';
import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import type { PostPublisher } from '#post/post.publisher.ts';
import { closeUploads, consumeUploads, findUpload } from '#upload/upload.repository.ts';
import { originalKey } from '#upload/upload.rules.ts';
import type { MediaStorage } from './media.storage.ts';
import { GONE, PhotoRefusedError } from './photo-refused.error.ts';
import { renderPhoto } from './render-photo.ts';

type Outcome = { objectKey: string | null; placeholder: string | null; reason: string | null };

/** Makes the picture of a profile and tells the user subgraph where it is. Can run twice: the same upload, the same key. */
export function createAvatarWorker(deps: {
  bus: EventBus;
  pool: pg.Pool;
  storage: MediaStorage;
  publisher: PostPublisher;
  log: Log;
}): Worker {
  const { bus, pool, storage, publisher, log } = deps;

  const render = async (userId: bigint, uploadId: bigint): Promise<Outcome> => {
    try {
      const upload = await findUpload(pool, userId, uploadId);
      if (!upload) throw new PhotoRefusedError(GONE);
      const rendered = await renderPhoto(await storage.takeOriginal(upload.objectKey), upload.contentType);
      const thumbnail = rendered.renditions.filter((one) => one.kind === 'THUMBNAIL');
      const [stored] = await storage.writeRenditions(uploadId, { renditions: thumbnail });
      return { objectKey: stored!.key, placeholder: rendered.placeholder, reason: null };
    } catch (error) {
      if (error instanceof ObjectMissingError) return { objectKey: null, placeholder: null, reason: GONE };
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
      const outcome = await render(userId, uploadId);
      await transaction(pool, async (tx) => {
        await consumeUploads(tx, userId, [uploadId]);
        await closeUploads(tx, userId, [uploadId]);
        await publisher.avatarProcessed(tx, { userId: String(userId), uploadId: String(uploadId), ...outcome });
      });
      await storage.removeIncoming([originalKey(userId, uploadId)]);
    },
  });
}
