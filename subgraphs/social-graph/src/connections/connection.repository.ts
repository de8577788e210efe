import { type Executor, query } from '@tintype/postgres';
import type { ConnectionList } from './connection.rules.ts';

/** A person in a list, and the snowflake of the follow or request, which is their place in it. */
export type ListedPerson = { userId: bigint; id: bigint };

/** Above every snowflake: the start of a list. */
const START = 2n ** 63n - 1n;

/** Each is one range scan over the index (person, id desc). */
export const LIST_QUERIES: Record<ConnectionList, string> = {
  followers: `SELECT follower_id AS "userId", id FROM social_graph.follower
    WHERE followee_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
  following: `SELECT followee_id AS "userId", id FROM social_graph.follow
    WHERE follower_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
  followRequests: `SELECT follower_id AS "userId", id FROM social_graph.follow_request
    WHERE followee_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
};

/** People of a list, newest first, after the one whose place is `after`. */
export function listPeople(
  executor: Executor,
  list: ConnectionList,
  userId: bigint,
  after: bigint | null,
  limit: number,
): Promise<ListedPerson[]> {
  return query<ListedPerson>(executor, `list_${list}`, LIST_QUERIES[list], [userId, after ?? START, limit]);
}
