import type { ListPart } from '@tintype/graphql';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { ConnectionList } from './connection.rules.ts';

/** A person in a list. The snowflake of the follow or request is the sort key. */
export type ListedPerson = { userId: bigint; id: bigint };

/** Above every snowflake: the start of a list. */
const START = 2n ** 63n - 1n;

/** One range scan over the index (person, id desc) for each part of a list. */
const listOf = (table: string, person: string, listed: string) => `
  SELECT (asked.ordinal - 1)::int AS "part!", listed."userId" AS "userId!", listed.id AS "id!"
  FROM unnest(${keysOf('$1')}, ${keysOf('$2')}, ${keysOf('$3')})
    WITH ORDINALITY AS asked(person, after, size, ordinal)
  CROSS JOIN LATERAL (
    SELECT ${listed} AS "userId", id FROM social_graph.${table}
    WHERE ${person} = asked.person AND id < asked.after ORDER BY id DESC LIMIT asked.size) AS listed
  ORDER BY asked.ordinal, listed.id DESC`;

export const LIST_QUERIES = {
  followers: statement('list_followers', listOf('follower', 'followee_id', 'follower_id')),
  following: statement('list_following', listOf('follow', 'follower_id', 'followee_id')),
  followRequests: statement('list_followRequests', listOf('follow_request', 'followee_id', 'follower_id')),
};

/** The people in parts of lists of one kind, newest first. */
export function listPeople(
  executor: Executor,
  list: ConnectionList,
  parts: readonly ListPart<bigint>[],
): Promise<(ListedPerson & { part: number })[]> {
  return query(executor, LIST_QUERIES[list], [
    parts.map(({ parent }) => parent),
    parts.map(({ after }) => after?.[0] ?? START),
    parts.map(({ limit }) => limit),
  ]);
}
