import { type SubgraphClient, systemPass } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { touchAccounts } from '#facts/account.repository.ts';
import { type Due, listDueAccounts, listDuePosts, setAccountCounts, setPostCounts } from './count.repository.ts';

const AT_ONCE = 500;
/** Of what happened while it was counted. */
const AGAIN_MS = 2000;

const POSTS = 'query Counts($ids: [ID!]!) { postCounts(ids: $ids) { id likeCount commentCount shareCount } }';
const FOLLOWERS = `query Followers($people: [_Any!]!) {
  _entities(representations: $people) { ... on User { id followerCount } }
}`;

type PostAnswer = { postCounts: { id: string; likeCount: number; commentCount: number; shareCount: number }[] };
type FollowerAnswer = { _entities: ({ id: string; followerCount: number } | null)[] };

/** Asks the owners for the counts of what something happened to, and takes them over. @returns how many were asked for */
export async function refreshCounts(
  deps: { pool: pg.Pool; client: SubgraphClient },
  signal?: AbortSignal,
): Promise<number> {
  const { pool, client } = deps;
  let asked = 0;
  const each = async (list: typeof listDuePosts, take: (due: Due[]) => Promise<void>) => {
    for (let found = AT_ONCE; found === AT_ONCE && !signal?.aborted; asked += found) {
      const due = await list(pool, AT_ONCE);
      found = due.length;
      if (found > 0) await take(due);
    }
  };
  const ask = <Data>(subgraph: string, query: string, variables: Record<string, unknown>) =>
    client.request<Data>(subgraph, { query, variables, pass: systemPass() });

  await each(listDuePosts, async (due) => {
    const { postCounts } = await ask<PostAnswer>('engagement', POSTS, { ids: due.map(({ id }) => String(id)) });
    const found = new Map(postCounts.map((counts) => [counts.id, counts]));
    const counts = due.map(({ id, touches }) => {
      const { likeCount = 0, commentCount = 0, shareCount = 0 } = found.get(String(id)) ?? {};
      return { id, touches, likeCount, commentCount, shareCount };
    });
    await transaction(pool, async (tx) => {
      const authors = await setPostCounts(tx, counts, AGAIN_MS);
      if (authors.length > 0) await touchAccounts(tx, authors, 0);
    });
  });
  await each(listDueAccounts, async (due) => {
    const people = due.map(({ id }) => ({ __typename: 'User', id: String(id) }));
    const { _entities } = await ask<FollowerAnswer>('social-graph', FOLLOWERS, { people });
    const counts = due.map((one, index) => ({ ...one, followerCount: _entities[index]?.followerCount ?? null }));
    await transaction(pool, (tx) => setAccountCounts(tx, counts, AGAIN_MS));
  });
  return asked;
}
