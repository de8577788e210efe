import { type Executor, query, statement } from '@tintype/postgres';
import type { CaseState, ModerationAction, ReportReason, ReportTargetType } from '#generated/graphql.ts';
import type { CaseModel } from './case.model.ts';

/** A claim that has run out counts as none. */
const CASES = `SELECT c.id AS "id!", c.target_type AS "targetType!", c.target_id AS "targetId!",
    c.person_id AS "personId!", c.report_count AS "reportCount!",
    CASE WHEN c.claimed_until > now() THEN c.claimed_by END AS "claimedBy",
    CASE WHEN c.claimed_until > now() THEN c.claimed_until END AS "claimedUntil",
    c.created_at AS "createdAt!", c.closed_at AS "closedAt",
    d.action AS "action", d.reason AS "reason", d.until AS "suspendedUntil", d.moderator_id AS "decidedBy", c.decided_at AS "decidedAt",
    coalesce(d.excerpt, reviewed.excerpt) AS "excerpt",
    reviewed.case_id AS "decidedCaseId", reviewed.moderator_id AS "reviewedModeratorId", a.text AS "appealText",
    against.case_id AS "appealCaseId", d.reversed_at AS "reversedAt",
    CASE WHEN d.reversed_at IS NOT NULL THEN (
      SELECT rc.id FROM moderation.case rc JOIN moderation.decision rd ON rd.case_id = rc.id
      WHERE rc.target_id = d.id AND rd.action = 'REVERSE') END AS "reversalCaseId"
  FROM moderation.case c LEFT JOIN moderation.decision d ON d.case_id = c.id
  LEFT JOIN moderation.decision reviewed ON c.target_type = 'DECISION' AND reviewed.id = c.target_id
  LEFT JOIN moderation.appeal a ON a.case_id = c.id
  LEFT JOIN moderation.appeal against ON against.decision_id = d.id`;

type Shapes = { targetType: ReportTargetType; action: ModerationAction | null; reason: ReportReason | null };

const CASE_BY_ID = statement('case_by_id', `${CASES} WHERE c.id = $1`).narrow<Shapes>();

export async function findCase(executor: Executor, id: bigint): Promise<CaseModel | null> {
  return (await query(executor, CASE_BY_ID, [id]))[0] ?? null;
}

const CASE_LOCK = statement('case_lock', 'SELECT 1 FROM moderation.case WHERE id = $1 FOR UPDATE');

/** Locks a case, so that others who want to claim or decide it wait. @returns null if there is none */
export async function lockCase(tx: Executor, id: bigint): Promise<CaseModel | null> {
  await query(tx, CASE_LOCK, [id]);
  // In a second statement, which sees the claim and the decision of whoever held the lock.
  return findCase(tx, id);
}

/** The same states as `stateOf` in case.rules.ts. */
const STATE = `CASE WHEN c.closed_at IS NOT NULL THEN 'CLOSED' WHEN c.decided_at IS NOT NULL THEN 'DECIDED'
  WHEN c.claimed_until > now() THEN 'CLAIMED' ELSE 'OPEN' END`;

const CASE_LIST = statement(
  'case_list',
  `${CASES} WHERE c.id > $1 AND (cardinality($2::text[]) = 0 OR ${STATE} = ANY($2::text[]))
     AND (cardinality($3::text[]) = 0 OR EXISTS (
       SELECT FROM moderation.report r WHERE r.case_id = c.id AND r.reason = ANY($3::text[])))
   ORDER BY c.id LIMIT $4`,
).narrow<Shapes>();
const CASE_LIST_UNCLOSED = statement(
  'case_list_unclosed',
  `${CASES} WHERE c.id > $1 AND c.closed_at IS NULL AND ${STATE} = ANY($2::text[])
     AND (cardinality($3::text[]) = 0 OR EXISTS (
       SELECT FROM moderation.report r WHERE r.case_id = c.id AND r.reason = ANY($3::text[])))
   ORDER BY c.id LIMIT $4`,
).narrow<Shapes>();

export type CaseFilter = { states: readonly CaseState[]; reasons: readonly ReportReason[] };

/** Cases in the order in which they were opened. The queue of open cases has an index of its own. */
export function listCases(
  executor: Executor,
  { states, reasons }: CaseFilter,
  after: bigint,
  limit: number,
): Promise<CaseModel[]> {
  const isQueue = states.length > 0 && !states.includes('CLOSED');
  return query(executor, isQueue ? CASE_LIST_UNCLOSED : CASE_LIST, [after, states, reasons, limit]);
}

const REVIEW_OPEN = statement(
  'review_open',
  `INSERT INTO moderation.case (id, target_type, target_id, person_id) VALUES ($1, 'DECISION', $2, $3)`,
);

/** Opens a case about a decision. */
export async function openReview(
  tx: Executor,
  review: { id: bigint; decisionId: bigint; personId: bigint },
): Promise<void> {
  await query(tx, REVIEW_OPEN, [review.id, review.decisionId, review.personId]);
}

const CASE_DECIDE = statement('case_decide', 'UPDATE moderation.case SET decided_at = now() WHERE id = $1');

/** From now on, reports about its target are in another case. */
export async function markDecided(tx: Executor, id: bigint): Promise<void> {
  await query(tx, CASE_DECIDE, [id]);
}

const CASE_CLAIM = statement(
  'case_claim',
  `UPDATE moderation.case SET claimed_by = $2, claimed_until = now() + $3 * interval '1 minute' WHERE id = $1`,
);

export async function setClaim(tx: Executor, id: bigint, moderatorId: bigint, minutes: number): Promise<void> {
  await query(tx, CASE_CLAIM, [id, moderatorId, minutes]);
}

const CASE_RELEASE = statement(
  'case_release',
  'UPDATE moderation.case SET claimed_by = NULL, claimed_until = NULL WHERE id = $1',
);

export async function removeClaim(tx: Executor, id: bigint): Promise<void> {
  await query(tx, CASE_RELEASE, [id]);
}

const CASE_FIRST_REASON = statement(
  'case_first_reason',
  'SELECT reason FROM moderation.report WHERE case_id = $1 ORDER BY id LIMIT 1',
).narrow<{ reason: ReportReason }>();

/** The reason of the first report. */
export async function findFirstReason(executor: Executor, id: bigint): Promise<ReportReason | null> {
  return (await query(executor, CASE_FIRST_REASON, [id]))[0]?.reason ?? null;
}

const CASE_CLOSE_UNDECIDED = statement(
  'case_close_undecided',
  `UPDATE moderation.case SET closed_at = now(), claimed_by = NULL, claimed_until = NULL
   WHERE target_id = $1 AND decided_at IS NULL AND closed_at IS NULL`,
);

/** Closes the case about a target that no longer exists, unless it is decided. */
export async function closeUndecided(executor: Executor, targetId: bigint): Promise<void> {
  await query(executor, CASE_CLOSE_UNDECIDED, [targetId]);
}

const WAITING = statement(
  'cases_waiting',
  `SELECT count(*) FILTER (WHERE decided_at IS NULL AND target_type <> 'DECISION')::int AS "reports!",
     count(*) FILTER (WHERE decided_at IS NULL AND target_type = 'DECISION')::int AS "appeals!",
     count(*) FILTER (WHERE decided_at IS NOT NULL)::int AS "decisions!"
   FROM moderation.case WHERE closed_at IS NULL`,
);

/** Undecided cases of reports and of appeals, and decisions that have not taken effect. */
export async function countWaiting(
  executor: Executor,
): Promise<{ reports: number; appeals: number; decisions: number }> {
  const [counts] = await query(executor, WAITING, []);
  return counts!;
}

const CASE_CLOSE = statement(
  'case_close',
  `UPDATE moderation.case SET closed_at = now(), claimed_by = NULL, claimed_until = NULL WHERE id = $1`,
);

export async function closeCase(tx: Executor, id: bigint): Promise<void> {
  await query(tx, CASE_CLOSE, [id]);
}
