import { addErasedPerson, type ErasureStep, type Outbox } from '@tintype/events';
import type { Idempotency, SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import { clearDeletedComments } from '#comment/comment.repository.ts';
import type { CommentService } from '#comment/comment.service.ts';
import type { SaveService } from '#save/save.service.ts';
import { clearDeletedShares } from '#share/share.repository.ts';
import type { ShareService } from '#share/share.service.ts';
import { deleteFilter } from './erasure.repository.ts';
import { createUnlikeStep } from './unlike.service.ts';

type Deps = {
  pool: pg.Pool;
  idempotency: Pick<Idempotency, 'erase'>;
  ids: IdGenerator;
  outbox: Outbox<EngagementEvents>;
  client: SubgraphClient;
  comments: Pick<CommentService, 'removeOfUser'>;
  shares: Pick<ShareService, 'removeOfUser'>;
  saves: Pick<SaveService, 'unsaveNewest' | 'removeCollections'>;
};

/**
 * Deletes the engagement of a person whose account is deleted, in the same way as if they deleted each item themselves.
 */
export function createErasureSteps(deps: Deps): ErasureStep[] {
  return [...createStepsBeforeLikes(deps), { name: 'likes', next: createUnlikeStep(deps) }];
}

/** All steps except the likes. */
export function createStepsBeforeLikes(deps: Omit<Deps, 'ids' | 'outbox' | 'client'>): ErasureStep[] {
  const { pool, idempotency, comments, shares, saves } = deps;
  /** A step without pages. */
  const once = (work: (userId: bigint) => Promise<void>) => async (userId: bigint) => {
    await work(userId);
    return 0;
  };
  return [
    { name: 'mark', next: once((userId) => addErasedPerson(pool, 'engagement', userId)) },
    { name: 'comments', next: comments.removeOfUser },
    { name: 'shares', next: shares.removeOfUser },
    // Comments and shares that were deleted earlier still have their texts.
    { name: 'texts of comments', next: (userId, limit) => clearDeletedComments(pool, userId, limit) },
    { name: 'texts of shares', next: (userId, limit) => clearDeletedShares(pool, userId, limit) },
    { name: 'saves', next: saves.unsaveNewest },
    { name: 'collections', next: once(saves.removeCollections) },
    { name: 'filter', next: once((userId) => deleteFilter(pool, userId)) },
    { name: 'idempotency keys', next: once((userId) => idempotency.erase(pool, userId)) },
  ];
}
