import { type Executor, query, statement, statementFor } from '@tintype/postgres';

/** The relationships between an actor, who created it, and a target. */
const RELATIONSHIPS = {
  'follow-request': { table: 'follow_request', actor: 'follower_id', target: 'followee_id' },
  follow: { table: 'follow', actor: 'follower_id', target: 'followee_id' },
  block: { table: 'block', actor: 'blocker_id', target: 'blocked_id' },
  mute: { table: 'mute', actor: 'muter_id', target: 'muted_id' },
  restriction: { table: 'restriction', actor: 'restricter_id', target: 'restricted_id' },
  'close-friend': { table: 'close_friend', actor: 'owner_id', target: 'friend_id' },
} as const;

export type Relationship = keyof typeof RELATIONSHIPS;
export type Side = 'actor' | 'target';
export type RelatedPair = { actorId: bigint; targetId: bigint };

/** Follows by target are in a table of their own. */
const tableOf = (relationship: Relationship, side: Side): string =>
  relationship === 'follow' && side === 'target'
    ? 'social_graph.follower'
    : `social_graph.${RELATIONSHIPS[relationship].table}`;

/** One range scan over a key or an index. */
const listRelatedText = (relationship: Relationship, side: Side) => {
  const [self, other] =
    side === 'actor'
      ? [RELATIONSHIPS[relationship].actor, RELATIONSHIPS[relationship].target]
      : [RELATIONSHIPS[relationship].target, RELATIONSHIPS[relationship].actor];
  return `SELECT ${other} AS id FROM ${tableOf(relationship, side)} WHERE ${self} = $1 ORDER BY ${other} LIMIT $2`;
};

const NAMES = Object.keys(RELATIONSHIPS) as Relationship[];
export const LIST_RELATED = {
  actor: statementFor('related_by_actor', NAMES, (relationship: Relationship) =>
    listRelatedText(relationship, 'actor'),
  ),
  target: statementFor('related_by_target', NAMES, (relationship: Relationship) =>
    listRelatedText(relationship, 'target'),
  ),
};

/**
 * The first people with whom a person has this relationship.
 *
 * @param side whether the person is its actor or its target
 */
export async function listRelated(
  executor: Executor,
  relationship: Relationship,
  side: Side,
  userId: bigint,
  limit: number,
): Promise<bigint[]> {
  const rows = await query(executor, LIST_RELATED[side](relationship), [userId, limit]);
  return rows.map((row) => row.id);
}

const removeText = (relationship: Relationship, from: string = RELATIONSHIPS[relationship].table) => {
  const { actor, target } = RELATIONSHIPS[relationship];
  return `DELETE FROM social_graph.${from} t
    USING unnest($1::bigint[], $2::bigint[]) AS given(actor, target) WHERE t.${actor} = given.actor AND t.${target} = given.target
    RETURNING t.${actor} AS "actorId", t.${target} AS "targetId"`;
};
const REMOVE = statementFor('relationship_remove', NAMES, (relationship: Relationship) => removeText(relationship));
const REMOVE_FOLLOWER = statement('relationship_remove_follower', removeText('follow', 'follower'));

/** Removes a relationship between people whom the caller has locked. @returns the removed pairs */
export async function removeRelationships(
  tx: Executor,
  relationship: Relationship,
  pairs: readonly RelatedPair[],
): Promise<RelatedPair[]> {
  const values = [pairs.map((pair) => pair.actorId), pairs.map((pair) => pair.targetId)] as const;
  const removed = await query(tx, REMOVE(relationship), values);
  if (relationship === 'follow') await query(tx, REMOVE_FOLLOWER, values);
  return removed;
}

const PERSON_UNCOUNT = statement(
  'person_uncount',
  `UPDATE social_graph.person p SET
     following_count = p.following_count - moved.following, follower_count = p.follower_count - moved.followers
   FROM (SELECT user_id, sum(following)::int AS following, sum(followers)::int AS followers
     FROM (SELECT unnest($1::bigint[]) AS user_id, 1 AS following, 0 AS followers
       UNION ALL SELECT unnest($2::bigint[]), 0, 1) AS ends GROUP BY user_id) AS moved
   WHERE p.user_id = moved.user_id`,
);

/** Subtracts removed follows from the counts of both people. The caller has locked them. */
export async function uncountFollows(tx: Executor, ended: readonly RelatedPair[]): Promise<void> {
  await query(tx, PERSON_UNCOUNT, [ended.map((pair) => pair.actorId), ended.map((pair) => pair.targetId)]);
}
