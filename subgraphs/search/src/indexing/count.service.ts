import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findPostCounts, NO_COUNTS } from '@tintype/graphql/internal';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { FollowerCountsDocument } from '@tintype/schema/internal/social-graph';
import type pg from 'pg';
import { touchAccounts } from '#projection/account.repository.ts';
import { type DueCount, listDueAccounts, listDuePosts, setAccountCounts, setPostCounts } from './count.repository.ts';

const AT_ONCE = 500;
/** The pause before counts that changed while they were requested are requested again. */
const AGAIN_MS = 2000;

/**
 * Requests the counts of changed accounts and posts from their owners, and stores them. @returns how many were
 * requested
 */
export async function refreshCounts(
  deps: { pool: pg.Pool; client: SubgraphClient },
  signal?: AbortSignal,
): Promise<number> {
  const { pool, client } = deps;
  let asked = 0;
  const each = async (list: typeof listDuePosts, take: (due: DueCount[]) => Promise<void>) => {
    for (let found = AT_ONCE; found === AT_ONCE && !signal?.aborted; asked += found) {
      const due = await list(pool, AT_ONCE);
      found = due.length;
      if (found > 0) await take(due);
    }
  };

  await each(listDuePosts, async (due) => {
    const found = await findPostCounts(
      client,
      due.map(({ id }) => id),
    );
    const counts = due.map((one) => ({ ...one, ...(found.get(one.id) ?? NO_COUNTS) }));
    await transaction(pool, async (tx) => {
      const authors = await setPostCounts(tx, counts, AGAIN_MS);
      if (authors.length > 0) await touchAccounts(tx, authors, 0);
    });
  });
  await each(listDueAccounts, async (due) => {
    const people = due.map(({ id }) => ({ __typename: 'User' as const, id: globalId('User', id) }));
    const { _entities } = await client.request(FollowerCountsDocument, { people }, platformIdentity());
    const counts = due.map((one, index) => ({ ...one, followerCount: _entities[index]?.followerCount ?? null }));
    await transaction(pool, (tx) => setAccountCounts(tx, counts, AGAIN_MS));
  });
  return asked;
}
