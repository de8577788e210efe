import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountPublisher } from './account.publisher.ts';
import { lockAvatar, type ProcessedAvatar, setAvatar } from './account.repository.ts';

export type AvatarService = {
  /**
   * Stores a processed profile picture, unless another one was requested in the meantime, and publishes which picture
   * is no longer used. Can run twice.
   */
  apply(avatar: ProcessedAvatar): Promise<void>;
};

export function createAvatarService(deps: { pool: pg.Pool; publisher: AccountPublisher }): AvatarService {
  const { pool, publisher } = deps;
  return {
    apply: (avatar) =>
      transaction(pool, async (tx) => {
        const { userId, uploadId, objectKey } = avatar;
        const account = await lockAvatar(tx, userId);
        if (!account) return;
        const isCurrent = account.requestedUploadId === uploadId;
        if (isCurrent) await setAvatar(tx, avatar);
        if (objectKey === null || uploadId === account.uploadId) return;
        const unused = isCurrent ? account.uploadId : uploadId;
        if (unused !== null) await publisher.avatarReplaced(tx, userId, unused);
      }),
  };
}
