import { type ErasureStep, noteErased, type Outbox } from '@tintype/events';
import type { Idempotency, SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import type pg from 'pg';
import { emptyDeleted } from '#comment/comment.repository.ts';
import type { CommentService } from '#comment/comment.service.ts';
import type { SaveService } from '#save/save.service.ts';
import { emptyDeletedShares } from '#share/share.repository.ts';
import type { ShareService } from '#share/share.service.ts';
import { deleteFilter } from './liked.repository.ts';
import { createUnlikeStep } from './unlike.service.ts';

type Deps = {
  pool: pg.Pool;
  idempotency: Pick<Idempotency, 'erase'>;
  ids: IdGenerator;
  outbox: Outbox;
  client: SubgraphClient;
  comments: Pick<CommentService, 'removeOfUser'>;
  shares: Pick<ShareService, 'removeOfUser'>;
  saves: Pick<SaveService, 'unsaveSome' | 'removeCollections'>;
};

/** What a person whose account is deleted said about posts, by the paths of those who take it back themselves. */
export function createErasureSteps(deps: Deps): ErasureStep[] {
  return [...createStepsBeforeLikes(deps), { name: 'likes', next: createUnlikeStep(deps) }];
}

/** All but likes. */
export function createStepsBeforeLikes(deps: Omit<Deps, 'ids' | 'outbox' | 'client'>): ErasureStep[] {
  const { pool, idempotency, comments, shares, saves } = deps;
  /** Of which there is no page. */
  const once = (work: (userId: bigint) => Promise<void>) => async (userId: bigint) => {
    await work(userId);
    return 0;
  };
  return [
    { name: 'mark', next: once((userId) => noteErased(pool, 'engagement', userId)) },
    { name: 'comments', next: comments.removeOfUser },
    { name: 'shares', next: shares.removeOfUser },
    // What was deleted before kept its words.
    { name: 'texts of comments', next: (userId, limit) => emptyDeleted(pool, userId, limit) },
    { name: 'texts of shares', next: (userId, limit) => emptyDeletedShares(pool, userId, limit) },
    { name: 'saves', next: saves.unsaveSome },
    { name: 'collections', next: once(saves.removeCollections) },
    { name: 'filter', next: once((userId) => deleteFilter(pool, userId)) },
    { name: 'idempotency keys', next: once((userId) => idempotency.erase(pool, userId)) },
  ];
}
