import { createListLoader, createLoader, type ListLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { ViewerPass } from '@tintype/viewer';
import { countMutual, listMutual } from './mutual.repository.ts';

/** Counts for all people of an answer in one statement; nothing for a visitor, who follows nobody. */
export function createMutualLoader(pool: Executor, pass: ViewerPass): Loader<bigint, number> {
  return createLoader(async (ids) => (pass.viewer ? countMutual(pool, pass.viewer.userId, ids) : new Map()));
}

/** The people themselves, by whose followers they are. */
export function createMutualLists(pool: Executor, { viewer }: ViewerPass): ListLoader<bigint, { userId: bigint }> {
  return createListLoader(async (parts) => (viewer ? listMutual(pool, viewer.userId, parts) : []));
}
