import { type Executor, query, statement, statementFor } from '@tintype/postgres';

/** What one person can have with another, from who did it to whom it concerns. */
const TIES = {
  'follow-request': { table: 'follow_request', who: 'follower_id', whom: 'followee_id' },
  follow: { table: 'follow', who: 'follower_id', whom: 'followee_id' },
  block: { table: 'block', who: 'blocker_id', whom: 'blocked_id' },
  mute: { table: 'mute', who: 'muter_id', whom: 'muted_id' },
} as const;

export type Tie = keyof typeof TIES;
export type Side = 'who' | 'whom';
export type TiedPair = { whoId: bigint; whomId: bigint };

/** The other direction of follows has a table of its own. */
const tableOf = (tie: Tie, side: Side): string =>
  tie === 'follow' && side === 'whom' ? 'social_graph.follower' : `social_graph.${TIES[tie].table}`;

/** One range scan over a key or an index. */
const listTiedText = (tie: Tie, side: Side) => {
  const [own, other] = side === 'who' ? [TIES[tie].who, TIES[tie].whom] : [TIES[tie].whom, TIES[tie].who];
  return `SELECT ${other} AS id FROM ${tableOf(tie, side)} WHERE ${own} = $1 ORDER BY ${other} LIMIT $2`;
};

const NAMES = Object.keys(TIES) as Tie[];
export const LIST_TIED = {
  who: statementFor('tied_who', NAMES, (tie: Tie) => listTiedText(tie, 'who')),
  whom: statementFor('tied_whom', NAMES, (tie: Tie) => listTiedText(tie, 'whom')),
};

/** The first of those with whom a person has this. @param side where the person stands */
export async function listTied(
  executor: Executor,
  tie: Tie,
  side: Side,
  userId: bigint,
  limit: number,
): Promise<bigint[]> {
  const rows = await query(executor, LIST_TIED[side](tie), [userId, limit]);
  return rows.map((row) => row.id);
}

const untieText = (tie: Tie, from: string = TIES[tie].table) => {
  const { who, whom } = TIES[tie];
  return `DELETE FROM social_graph.${from} t
    USING unnest($1::bigint[], $2::bigint[]) AS given(who, whom) WHERE t.${who} = given.who AND t.${whom} = given.whom
    RETURNING t.${who} AS "whoId", t.${whom} AS "whomId"`;
};
const UNTIE = statementFor('untie', NAMES, (tie: Tie) => untieText(tie));
const UNTIE_FOLLOWER = statement('untie_follower', untieText('follow', 'follower'));

/** Ends this between people who are locked. @returns the pairs between whom it was */
export async function removeTies(tx: Executor, tie: Tie, pairs: readonly TiedPair[]): Promise<TiedPair[]> {
  const values = [pairs.map((pair) => pair.whoId), pairs.map((pair) => pair.whomId)] as const;
  const removed = await query(tx, UNTIE(tie), values);
  if (tie === 'follow') await query(tx, UNTIE_FOLLOWER, values);
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

/** Takes ended follows out of the counts of both; people are locked. */
export async function uncountFollows(tx: Executor, ended: readonly TiedPair[]): Promise<void> {
  await query(tx, PERSON_UNCOUNT, [ended.map((pair) => pair.whoId), ended.map((pair) => pair.whomId)]);
}
