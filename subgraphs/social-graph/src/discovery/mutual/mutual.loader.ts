import { createListLoader, createLoader, type ListLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { countMutual, listMutual } from './mutual.repository.ts';

/** Counts for all people in a response, in one statement. A visitor follows nobody, so nothing is read. */
export function createMutualLoader(pool: Executor, identity: Identity): Loader<bigint, number> {
  return createLoader(async (ids) => (identity.viewer ? countMutual(pool, identity.viewer.userId, ids) : new Map()));
}

/** The people themselves, by the person whose followers they are. */
export function createMutualLists(pool: Executor, { viewer }: Identity): ListLoader<bigint, { userId: bigint }> {
  return createListLoader(async (parts) => (viewer ? listMutual(pool, viewer.userId, parts) : []));
}
