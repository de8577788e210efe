import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { listTopOfPosts } from './comment-list.repository.ts';

export type TopCommentStore = {
  /**
   * Ids of the top comments by post. There are more than are shown, because some viewers cannot see some of the
   * authors.
   */
  loader(): Loader<bigint, bigint[]>;
  /** Called after comments of these posts have changed. Never rejects, because copies expire soon. */
  forget(postIds: readonly bigint[]): Promise<void>;
};

const CANDIDATES = 10;
const LIVE_S = 30;

/** The top comments of posts, cached in Redis because every feed shows them and they rarely change. */
export function createTopCommentStore(deps: { redis: RedisHandle; pool: Executor }): TopCommentStore {
  const { redis, pool } = deps;
  const { client } = redis;
  const callRedis = createRedisCaller();
  const topCommentsKey = (postId: bigint) => redis.key(`engagement:top-comments:v1:{${postId}}`);

  const known = async (postIds: readonly bigint[]): Promise<(string | null)[]> => {
    try {
      return await callRedis(() => client.mGet(postIds.map(topCommentsKey)));
    } catch {
      return postIds.map(() => null);
    }
  };

  const keep = async (top: ReadonlyMap<bigint, bigint[]>): Promise<void> => {
    const batch = client.multi();
    for (const [postId, ids] of top) {
      batch.set(topCommentsKey(postId), ids.join(), { expiration: { type: 'EX', value: LIVE_S } });
    }
    await callRedis(() => batch.execAsPipeline()).catch(() => undefined);
  };

  const load = async (postIds: readonly bigint[]): Promise<Map<string, bigint[]>> => {
    const found = new Map<string, bigint[]>();
    for (const [index, copy] of (await known(postIds)).entries()) {
      if (copy !== null) found.set(String(postIds[index]), copy.split(',').filter(Boolean).map(BigInt));
    }
    const missing = postIds.filter((postId) => !found.has(String(postId)));
    if (missing.length === 0) return found;
    const top = new Map<bigint, bigint[]>(missing.map((postId) => [postId, []]));
    for (const { postId, id } of await listTopOfPosts(pool, missing, CANDIDATES)) top.get(postId)!.push(id);
    for (const [postId, ids] of top) found.set(String(postId), ids);
    await keep(top);
    return found;
  };

  return {
    loader: () => createLoader(load),
    async forget(postIds) {
      if (postIds.length > 0) await callRedis(() => client.del(postIds.map(topCommentsKey))).catch(() => undefined);
    },
  };
}
