import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountPublisher } from './account.publisher.ts';
import { lockAvatar, type ProcessedAvatar, setAvatar } from './account.repository.ts';

export type AvatarService = {
  /** Takes over a processed picture, unless another one was asked for since, and tells of what is not shown any more. Can run twice. */
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
        const isWanted = account.uploadId === uploadId;
        if (isWanted) await setAvatar(tx, avatar);
        if (objectKey === null || objectKey === account.objectKey) return;
        const unseen = isWanted ? account.objectKey : objectKey;
        if (unseen !== null) await publisher.avatarReplaced(tx, userId, unseen);
      }),
  };
}
