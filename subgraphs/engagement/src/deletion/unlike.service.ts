import type { ErasureStep, Outbox } from '@tintype/events';
import type { SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import { toLikeEvent } from '#like/like.log.ts';
import type { LikeChange } from '#like/like.model.ts';
import { deleteLikes } from '#like/like.repository.ts';
import { createFindLikeTargets } from '#like/like-target.service.ts';
import { listLiked } from './erasure.repository.ts';

/**
 * Unlikes everything that a person likes. The changes go through the log like all others, so the rows still exist when
 * the next page is read. Each page therefore starts after the last row of the previous one.
 */
export function createUnlikeStep(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  outbox: Outbox<EngagementEvents>;
  client: SubgraphClient;
}): ErasureStep['next'] {
  const { pool, ids, outbox, client } = deps;
  const findTargets = createFindLikeTargets({ pool, client });

  return async (userId, limit, position) => {
    const liked = await listLiked(pool, userId, position.after, limit);
    if (liked.length === 0) return 0;
    const idsOf = (isComment: boolean) => liked.filter((one) => one.isComment === isComment).map((one) => one.targetId);
    const targets = await findTargets({ postIds: idsOf(false), commentIds: idsOf(true) });
    const changes = [...targets.values()].map(
      (target): LikeChange => ({ id: ids.next(), userId, target, liked: false }),
    );
    const withoutTarget = liked.filter((one) => !targets.has(one.targetId)).map((one) => one.targetId);
    await transaction(pool, async (tx) => {
      if (withoutTarget.length > 0) await deleteLikes(tx, userId, withoutTarget);
      if (changes.length > 0) await outbox.append(tx, [toLikeEvent(changes)]);
    });
    position.after = liked.at(-1)!.id;
    return liked.length;
  };
}
