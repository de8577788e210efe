import { type Executor, query, statement } from '@tintype/postgres';
import type { ReportReason, SanctionAction } from '#generated/graphql.ts';
import type { Sanction, Suspension } from './sanction.model.ts';

/** Sanctions that suspend an account at this moment. A suspension ends by itself. */
const IN_EFFECT = `NOT s.is_reversed AND (s.action = 'BAN' OR (s.action = 'SUSPEND' AND s.until > now()))`;

/** Whether an account is not suspended, as a condition for other statements. @param userId a column */
export const notSuspended = (userId: string) =>
  `NOT EXISTS (SELECT FROM "user".sanction s WHERE s.user_id = ${userId} AND ${IN_EFFECT})`;

const SANCTION_ADD = statement(
  'sanction_add',
  `INSERT INTO "user".sanction (decision_id, user_id, action, reason, until) VALUES ($1, $2, $3, $4, $5?)
   ON CONFLICT (decision_id) DO NOTHING RETURNING 1`,
);

/** @returns whether it is new */
export async function addSanction(tx: Executor, sanction: Sanction): Promise<boolean> {
  const { decisionId, userId, action, reason, until } = sanction;
  return (await query(tx, SANCTION_ADD, [decisionId, userId, action, reason, until])).length > 0;
}

const SANCTION_REVIEW = statement(
  'sanction_review',
  `UPDATE "user".sanction SET reviewed_at = now(), is_reversed = $3
   WHERE decision_id = $1 AND user_id = $2 AND (reviewed_at IS NULL OR ($3 AND NOT is_reversed)) RETURNING action`,
).narrow<{ action: SanctionAction }>();

/** @returns what is upheld or reversed; null if that is known already, or there is no such sanction */
export async function reviewSanction(
  tx: Executor,
  review: { decisionId: bigint; userId: bigint; isReversed: boolean },
): Promise<SanctionAction | null> {
  const { decisionId, userId, isReversed } = review;
  return (await query(tx, SANCTION_REVIEW, [decisionId, userId, isReversed]))[0]?.action ?? null;
}

const SUSPENSIONS = statement(
  'suspensions',
  `SELECT s.user_id AS "userId", bool_or(s.action = 'BAN') AS "isBan!", max(s.until) AS "until"
   FROM "user".sanction s WHERE s.user_id = ANY($1) AND ${IN_EFFECT} GROUP BY s.user_id`,
);

/** The suspensions of these people, by their ids. Of several, the longest counts. */
export async function findSuspensions(
  executor: Executor,
  userIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, Suspension>> {
  if (userIds.length === 0) return new Map();
  const rows = await query(executor, SUSPENSIONS, [userIds]);
  return new Map(rows.map(({ userId, isBan, until }) => [userId, { until: isBan ? null : until }]));
}

export async function findSuspension(executor: Executor, userId: bigint): Promise<Suspension | null> {
  return (await findSuspensions(executor, [userId])).get(userId) ?? null;
}

/** Whether a ban of this person is in effect. */
export async function isBanned(executor: Executor, userId: bigint): Promise<boolean> {
  return (await findSuspension(executor, userId))?.until === null;
}

const SANCTION_FIND = statement(
  'sanction_find',
  `SELECT decision_id AS "decisionId", user_id AS "userId", action, reason, until
   FROM "user".sanction WHERE decision_id = $1`,
).narrow<{ action: SanctionAction; reason: ReportReason }>();

export async function findSanction(executor: Executor, decisionId: bigint): Promise<Sanction | null> {
  return (await query(executor, SANCTION_FIND, [decisionId]))[0] ?? null;
}

const SANCTIONS_ERASE = statement('sanctions_erase', 'DELETE FROM "user".sanction WHERE user_id = $1');

/** For an account that is about to be deleted. */
export async function eraseSanctions(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, SANCTIONS_ERASE, [userId]);
}

const SESSIONS_IN_USE = statement(
  'sessions_in_use',
  `SELECT id AS "id!" FROM "user".session
   WHERE user_id = $1 AND revoked_at IS NULL AND rotated_at > now() - $2 * interval '1 second'
   UNION ALL
   SELECT id FROM "user".app_grant WHERE user_id = $1 AND last_used_at > now() - $2 * interval '1 second'`,
);

/** Sessions of a person and grants of apps that got an access token lately. */
export async function findSessionsInUse(executor: Executor, userId: bigint, seconds: number): Promise<bigint[]> {
  return (await query(executor, SESSIONS_IN_USE, [userId, seconds])).map(({ id }) => id);
}
