import type { ListPart } from '@tintype/graphql';
import { DESCENDING, type Direction, type Executor, keysOf, query, startOf, statementFor } from '@tintype/postgres';

/** The lists of people around one person. */
export type ConnectionList =
  | 'followers'
  | 'following'
  | 'followRequests'
  | 'blockedUsers'
  | 'mutedUsers'
  | 'restrictedUsers'
  | 'closeFriends';

/** A person in a list. The snowflake of the relationship is the sort key. */
export type ListedPerson = { userId: bigint; id: bigint };

/** For each part of a list one range scan over the index (person, id desc). */
const listOf = (table: string, person: string, listed: string) => (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  return `
  SELECT (asked.ordinal - 1)::int AS "part!", listed."userId" AS "userId!", listed.id AS "id!"
  FROM unnest(${keysOf('$1')}, ${keysOf('$2')}, ${keysOf('$3')})
    WITH ORDINALITY AS asked(person, position, size, ordinal)
  CROSS JOIN LATERAL (
    SELECT ${listed} AS "userId", id FROM social_graph.${table}
    WHERE ${person} = asked.person AND id ${comparison} asked.position ORDER BY id ${order} LIMIT asked.size) AS listed
  ORDER BY asked.ordinal, listed.id ${order}`;
};

export const LIST_QUERIES = {
  followers: statementFor('list_followers', ['forward'], listOf('follower', 'followee_id', 'follower_id')),
  following: statementFor('list_following', ['forward'], listOf('follow', 'follower_id', 'followee_id')),
  followRequests: statementFor(
    'list_followRequests',
    ['forward'],
    listOf('follow_request', 'followee_id', 'follower_id'),
  ),
  blockedUsers: statementFor('list_blockedUsers', ['forward'], listOf('block', 'blocker_id', 'blocked_id')),
  mutedUsers: statementFor('list_mutedUsers', ['forward'], listOf('mute', 'muter_id', 'muted_id')),
  restrictedUsers: statementFor(
    'list_restrictedUsers',
    ['forward'],
    listOf('restriction', 'restricter_id', 'restricted_id'),
  ),
  closeFriends: statementFor('list_closeFriends', ['forward'], listOf('close_friend', 'owner_id', 'friend_id')),
};

/** People of parts of one kind of list. The newest comes first, or last if read backward. */
export function listPeople(
  executor: Executor,
  list: ConnectionList,
  parts: readonly ListPart<bigint>[],
  direction: Direction,
): Promise<(ListedPerson & { part: number })[]> {
  return query(executor, LIST_QUERIES[list](direction), [
    parts.map(({ parent }) => parent),
    parts.map(({ from }) => startOf({ from: from?.[0], direction })),
    parts.map(({ limit }) => limit),
  ]);
}
