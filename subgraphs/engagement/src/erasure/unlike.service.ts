import type { ErasureStep, Outbox } from '@tintype/events';
import type { SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { toLikeEvent } from '#like/like.log.ts';
import type { LikeChange } from '#like/like.model.ts';
import { dropLikes } from '#like/liked-target.repository.ts';
import { createLikedTargets } from '#like/liked-target.service.ts';
import { listLiked } from './liked.repository.ts';

/**
 * Takes back what a person likes, by the log: the words are on disk when this resolves, and tables and counts follow as with all words.
 * So a row is still there when the next page is looked for, which begins behind it.
 */
export function createUnlikeStep(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  outbox: Outbox;
  client: SubgraphClient;
}): ErasureStep['next'] {
  const { pool, ids, outbox, client } = deps;
  const targetsOf = createLikedTargets({ pool, client });

  return async (userId, limit, place) => {
    const liked = await listLiked(pool, userId, place.after, limit);
    if (liked.length === 0) return 0;
    const idsOf = (isComment: boolean) => liked.filter((one) => one.isComment === isComment).map((one) => one.targetId);
    const targets = await targetsOf({ postIds: idsOf(false), commentIds: idsOf(true) });
    const words = [...targets.values()].map((target): LikeChange => ({ id: ids.next(), userId, target, liked: false }));
    const lost = liked.filter((one) => !targets.has(one.targetId)).map((one) => one.targetId);
    await transaction(pool, async (tx) => {
      if (lost.length > 0) await dropLikes(tx, userId, lost);
      if (words.length > 0) await outbox.append(tx, [toLikeEvent(words)]);
    });
    place.after = liked.at(-1)!.id;
    return liked.length;
  };
}
