import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addStubs, lockAccounts } from '#projection/account.repository.ts';
import { markPostsOf, reconcileHashtags } from '#projection/post.repository.ts';
import type { OwnerClient } from './owner.client.ts';
import {
  findAuthors,
  type Known,
  listKnownAccounts,
  listKnownPosts,
  type Refreshed,
  refreshAccounts,
  refreshPosts,
} from './projection-refresh.repository.ts';

/** The start of the next page, or null at the end. `seen` counts what the owner has. */
export type Refresh = { next: bigint | null; seen: number };

/** Repairs the projection from the owners' data after events were lost: page by page, starting at an id. */
export type RefreshService = {
  accounts(after: bigint): Promise<Refresh>;
  posts(after: bigint): Promise<Refresh>;
};

const AT_ONCE = 500;

export function createRefreshService(deps: { pool: pg.Pool; owners: OwnerClient }): RefreshService {
  const { pool, owners } = deps;
  return {
    async accounts(after) {
      // Read before asking the owner. If an event changes a row in between, the row has another version and is left
      // alone.
      const known = await listKnownAccounts(pool, after, AT_ONCE);
      const accounts = await owners.accounts(after, AT_ONCE);
      const lastId = accounts.at(-1)?.userId ?? null;
      const end = endOf(known, lastId, accounts.length === AT_ONCE);
      const current = accounts.map(({ userId, ...rest }): [bigint, typeof rest] => [userId, rest]);
      const refreshed = compare(known, new Map(current), end);
      await transaction(pool, async (tx) => {
        await lockAccounts(
          tx,
          refreshed.map(({ id }) => id),
        );
        const changed = await refreshAccounts(tx, refreshed);
        await reconcileHashtags(tx, await markPostsOf(tx, changed));
      });
      return { next: end, seen: current.filter(([id]) => end === null || id <= end).length };
    },
    async posts(after) {
      const known = await listKnownPosts(pool, after, AT_ONCE);
      const { posts, lastId, isFull } = await owners.posts(after, AT_ONCE);
      const end = endOf(known, lastId, isFull);
      const current = posts.map(({ postId, ...rest }): [bigint, typeof rest] => [postId, rest]);
      const refreshed = compare(known, new Map(current), end);
      await transaction(pool, async (tx) => {
        const ids = refreshed.map(({ id }) => id);
        const authors = new Set(refreshed.flatMap(({ current: one }) => (one ? [one.authorId] : [])));
        await addStubs(tx, [...authors]);
        await lockAccounts(tx, [...authors.union(new Set(await findAuthors(tx, ids)))]);
        await reconcileHashtags(tx, await refreshPosts(tx, refreshed));
      });
      return { next: end, seen: current.filter(([id]) => end === null || id <= end).length };
    },
  };
}

/** The id that both pages reach, or null if both reach the end. */
function endOf(known: readonly Known[], lastId: bigint | null, isFull: boolean): bigint | null {
  const ends = [known.length === AT_ONCE ? known.at(-1)!.id : null, isFull ? lastId : null].filter(
    (end) => end !== null,
  );
  return ends.length > 0 ? ends.reduce((least, end) => (end < least ? end : least)) : null;
}

/** Unknown objects have version 0, so all their events are newer. Stubs that the owner does not know stay. */
function compare<Projection>(
  known: readonly Known[],
  current: ReadonlyMap<bigint, Projection>,
  end: bigint | null,
): Refreshed<Projection>[] {
  const versions = new Map(known.map(({ id, version }) => [id, version]));
  const ids = [...new Set([...versions.keys(), ...current.keys()])].filter((id) => end === null || id <= end);
  return ids
    .map((id) => ({ id, version: versions.get(id) ?? 0n, current: current.get(id) ?? null }))
    .filter(({ version, current: found }) => version >= 0n || found !== null);
}
