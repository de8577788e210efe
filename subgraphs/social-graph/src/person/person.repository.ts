import type { Account } from '@tintype/graphql/internal';
import { missingRelation } from '@tintype/policy';
import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { PersonView } from './person.model.ts';

const COLUMNS = `asked.id AS "userId!", NOT (p.deleted OR p.deactivated) AS "exists!", p.is_private AS "isPrivate!",
    p.follower_count AS "followerCount!", p.following_count AS "followingCount!"`;
const PEOPLE = `unnest(${keysOf('$1')}) AS asked(id) JOIN social_graph.person p ON p.user_id = asked.id`;

/** For a visitor, who has no relationships. */
const VIEWS_OF_VISITORS = statement('person_views_of_visitors', `SELECT ${COLUMNS} FROM ${PEOPLE}`);

const VIEWS = statement(
  'person_views',
  `
  SELECT ${COLUMNS},
    f.id IS NOT NULL AS "follows!",
    r.id IS NOT NULL AS "requested!",
    b.id IS NOT NULL AS "followedBy!",
    o.id IS NOT NULL AS "blocks!",
    i.id IS NOT NULL AS "blockedBy!",
    m.id IS NOT NULL AS "mutes!",
    s.id IS NOT NULL AS "restricts!",
    t.id IS NOT NULL AS "restrictedBy!",
    c.id IS NOT NULL AS "hasAsCloseFriend!",
    d.id IS NOT NULL AS "isCloseFriendOf!"
  FROM ${PEOPLE}
  LEFT JOIN social_graph.follow f ON f.follower_id = $2 AND f.followee_id = asked.id
  LEFT JOIN social_graph.follow_request r ON r.followee_id = asked.id AND r.follower_id = $2
  LEFT JOIN social_graph.follower b ON b.followee_id = $2 AND b.follower_id = asked.id
  LEFT JOIN social_graph.block o ON o.blocker_id = $2 AND o.blocked_id = asked.id
  LEFT JOIN social_graph.block i ON i.blocker_id = asked.id AND i.blocked_id = $2
  LEFT JOIN social_graph.mute m ON m.muter_id = $2 AND m.muted_id = asked.id
  LEFT JOIN social_graph.restriction s ON s.restricter_id = $2 AND s.restricted_id = asked.id
  LEFT JOIN social_graph.restriction t ON t.restricter_id = asked.id AND t.restricted_id = $2
  LEFT JOIN social_graph.close_friend c ON c.owner_id = $2 AND c.friend_id = asked.id
  LEFT JOIN social_graph.close_friend d ON d.owner_id = asked.id AND d.friend_id = $2`,
);

/** How the viewer stands to people, read in one statement. People without a row are left out. */
export async function findViews(
  executor: Executor,
  viewerId: bigint | null,
  ids: readonly bigint[],
): Promise<Map<bigint, PersonView>> {
  const rows =
    viewerId === null ? await query(executor, VIEWS_OF_VISITORS, [ids]) : await query(executor, VIEWS, [ids, viewerId]);
  const views = rows.map(({ followerCount, followingCount, ...row }): [bigint, PersonView] => {
    const relation = { ...missingRelation(row.userId), ...row, isSelf: row.userId === viewerId };
    return [row.userId, { relation, followerCount, followingCount }];
  });
  return new Map(views);
}

const PERSON_ADD = statement(
  'person_add',
  `INSERT INTO social_graph.person (user_id, is_private, visibility_version)
   SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::bigint[]) ORDER BY 1
   ON CONFLICT (user_id) DO NOTHING`,
);

/** Adds people whose account events have not arrived yet. Those events come later and replace these rows. */
export async function addPeople(executor: Executor, accounts: readonly Account[]): Promise<void> {
  await query(executor, PERSON_ADD, [
    accounts.map((account) => account.id),
    accounts.map((account) => account.isPrivate),
    accounts.map((account) => account.visibilityVersion),
  ]);
}

/** `hidden`: deactivated or deleted. */
export type LockedPerson = { userId: bigint; isPrivate: boolean; hidden: boolean; followingCount: number };

const PERSON_LOCK = statement(
  'person_lock',
  `SELECT user_id AS "userId", is_private AS "isPrivate", deleted OR deactivated AS "hidden!",
     following_count AS "followingCount"
   FROM social_graph.person WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE`,
);

/**
 * Locks people in the order of their ids, so that transactions about the same people wait for each other without
 * deadlocks.
 */
export function lockPeople(tx: Executor, ids: readonly bigint[]): Promise<LockedPerson[]> {
  return query(tx, PERSON_LOCK, [ids]);
}

const PERSON_COUNTS = statement(
  'person_counts',
  `UPDATE social_graph.person SET
     following_count = following_count + CASE WHEN user_id = $1 THEN $3::int ELSE 0 END,
     follower_count = follower_count + CASE WHEN user_id = $2 THEN $3::int ELSE 0 END
   WHERE user_id IN ($1, $2)`,
);

/** Changes both counts of a follow that was really added or removed. */
export async function moveCounts(tx: Executor, followerId: bigint, followeeId: bigint, by: 1 | -1): Promise<void> {
  await query(tx, PERSON_COUNTS, [followerId, followeeId, by]);
}
