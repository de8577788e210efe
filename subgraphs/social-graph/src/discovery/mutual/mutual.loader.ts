import { createListLoader, createLoader, type ListLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { countMutual, listMutual } from './mutual.repository.ts';

/** Counts for all people of an answer in one statement; nothing for a visitor, who follows nobody. */
export function createMutualLoader(pool: Executor, identity: Identity): Loader<bigint, number> {
  return createLoader(async (ids) => (identity.viewer ? countMutual(pool, identity.viewer.userId, ids) : new Map()));
}

/** The people themselves, by whose followers they are. */
export function createMutualLists(pool: Executor, { viewer }: Identity): ListLoader<bigint, { userId: bigint }> {
  return createListLoader(async (parts) => (viewer ? listMutual(pool, viewer.userId, parts) : []));
}
