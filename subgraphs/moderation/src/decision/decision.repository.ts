import { type Executor, query, statement } from '@tintype/postgres';
import type { ModerationAction, ReportReason, ReportTargetType } from '#generated/graphql.ts';

/** A decision whose action has not taken effect yet. */
export type PendingDecision = {
  id: bigint;
  caseId: bigint;
  action: ModerationAction;
  /** Null if nothing is to be done. */
  reason: ReportReason | null;
  /** When a suspension ends. */
  until: Date | null;
  moderatorId: bigint;
  personId: bigint;
  targetType: ReportTargetType;
  targetId: bigint;
};

type Shapes = { action: ModerationAction; targetType: ReportTargetType; reason: ReportReason | null };

const CONTENT_LOCK = statement('decision_content_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 3))');
const DECISION_NEWEST = statement(
  'decision_newest',
  `SELECT max(d.id) AS id FROM moderation.decision d JOIN moderation.case c ON c.id = d.case_id
   WHERE c.target_id = $1 OR c.target_id IN (
     SELECT r.id FROM moderation.decision r JOIN moderation.case rc ON rc.id = r.case_id WHERE rc.target_id = $1)`,
);

/**
 * An ID for a decision about an account, post or comment that is greater than those of all earlier ones, also if clocks
 * differ. Owners tell by it which decision is the latest. Other decisions about the same wait until the transaction
 * ends.
 *
 * @param id a new one
 */
export async function orderDecision(tx: Executor, targetId: bigint, id: bigint): Promise<bigint> {
  await query(tx, CONTENT_LOCK, [String(targetId)]);
  // In a second statement, which sees the decision of whoever held the lock.
  const newest = (await query(tx, DECISION_NEWEST, [targetId]))[0]?.id ?? null;
  return newest !== null && newest >= id ? newest + 1n : id;
}

const DECISION_ADD = statement(
  'decision_add',
  `INSERT INTO moderation.decision (id, case_id, action, reason, until, moderator_id, due_at, excerpt)
   VALUES ($1, $2, $3, $4?, now() + $5?::integer * interval '1 day', $6, now() + $7 * interval '1 millisecond', $8?)`,
);

/** @param decision.afterMs when the job may try to apply it */
export async function addDecision(
  tx: Executor,
  decision: Pick<PendingDecision, 'id' | 'caseId' | 'action' | 'reason' | 'moderatorId'> & {
    suspendDays: number | null;
    excerpt: string | null;
    afterMs: number;
  },
): Promise<void> {
  const { id, caseId, action, reason, suspendDays, moderatorId, afterMs, excerpt } = decision;
  await query(tx, DECISION_ADD, [id, caseId, action, reason, suspendDays, moderatorId, afterMs, excerpt]);
}

const PENDING = `d.id AS "id!", d.case_id AS "caseId!", d.action AS "action!", d.reason AS "reason",
  d.until AS "until", d.moderator_id AS "moderatorId!", c.person_id AS "personId!",
  c.target_type AS "targetType!", c.target_id AS "targetId!"`;

const DECISION_OF_CASE = statement(
  'decision_of_case',
  `SELECT ${PENDING} FROM moderation.decision d JOIN moderation.case c ON c.id = d.case_id
   WHERE d.case_id = $1 AND d.applied_at IS NULL`,
).narrow<Shapes>();

export async function findPending(executor: Executor, caseId: bigint): Promise<PendingDecision | null> {
  return (await query(executor, DECISION_OF_CASE, [caseId]))[0] ?? null;
}

const DECISION_REVERSE = statement(
  'decision_reverse',
  'UPDATE moderation.decision SET reversed_at = now() WHERE id = $1 AND reversed_at IS NULL',
);

/** Records that somebody decided to undo a decision. */
export async function markReversed(tx: Executor, id: bigint): Promise<void> {
  await query(tx, DECISION_REVERSE, [id]);
}

/** A decision that another one is about. */
export type ReviewedDecision = Pick<PendingDecision, 'id' | 'action' | 'personId' | 'targetType' | 'targetId'>;

const DECISION_REVIEWED = statement(
  'decision_reviewed',
  `SELECT d.id, d.action, c.person_id AS "personId", c.target_type AS "targetType", c.target_id AS "targetId"
   FROM moderation.decision d JOIN moderation.case c ON c.id = d.case_id WHERE d.id = $1`,
).narrow<Pick<Shapes, 'action' | 'targetType'>>();

export async function findReviewed(executor: Executor, id: bigint): Promise<ReviewedDecision | null> {
  return (await query(executor, DECISION_REVIEWED, [id]))[0] ?? null;
}

const RESTRICTION_LEFT = statement(
  'restriction_left',
  `SELECT d.action FROM moderation.case c JOIN moderation.decision d ON d.case_id = c.id
   WHERE c.target_id = $1 AND d.action IN ('HIDE', 'REMOVE') AND d.reversed_at IS NULL ORDER BY d.id DESC LIMIT 1`,
).narrow<{ action: 'HIDE' | 'REMOVE' }>();

/** The newest decision to hide or remove this that has not been undone. */
export async function findRestrictionLeft(executor: Executor, targetId: bigint): Promise<'HIDE' | 'REMOVE' | null> {
  return (await query(executor, RESTRICTION_LEFT, [targetId]))[0]?.action ?? null;
}

const DECISION_STATE = statement(
  'decision_state',
  `SELECT d.id AS "id!", d.applied_at IS NOT NULL AS "isApplied!", d.reversed_at IS NOT NULL AS "isReversed!",
     d.reason IS NOT NULL AS "isTold!", d.created_at < now() - $2 * interval '1 day' AS "isOld!",
     a.decision_id IS NOT NULL AS "isAppealed!", ac.id IS NOT NULL AND ac.closed_at IS NULL AS "hasOpenAppeal!"
   FROM moderation.decision d LEFT JOIN moderation.appeal a ON a.decision_id = d.id
   LEFT JOIN moderation.case ac ON ac.id = a.case_id WHERE d.case_id = $1`,
);

export type DecisionState = {
  id: bigint;
  isApplied: boolean;
  isReversed: boolean;
  /** Whether the person was told, so that they can appeal. */
  isTold: boolean;
  /** Whether it is older than so many days. */
  isOld: boolean;
  isAppealed: boolean;
  hasOpenAppeal: boolean;
};

/** What has become of the decision about a case. @returns null before there is one */
export async function findDecisionState(tx: Executor, caseId: bigint, oldDays: number): Promise<DecisionState | null> {
  return (await query(tx, DECISION_STATE, [caseId, oldDays]))[0] ?? null;
}

const DECISIONS_CLAIM = statement(
  'decisions_claim',
  `WITH due AS (
     SELECT id FROM moderation.decision WHERE applied_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT $2
     FOR UPDATE SKIP LOCKED)
   UPDATE moderation.decision d SET due_at = now() + $1 * interval '1 millisecond'
   FROM due, moderation.case c WHERE d.id = due.id AND c.id = d.case_id RETURNING ${PENDING}`,
).narrow<Shapes>();

/** Takes some decisions that have to be applied. No other process takes them within `leaseMs`. */
export function claimDue(executor: Executor, leaseMs: number, limit: number): Promise<PendingDecision[]> {
  return query(executor, DECISIONS_CLAIM, [leaseMs, limit]);
}

const DECISION_APPLIED = statement(
  'decision_applied',
  'UPDATE moderation.decision SET applied_at = now() WHERE id = $1 AND applied_at IS NULL RETURNING 1',
);

/** @returns whether it was not marked before */
export async function markApplied(tx: Executor, id: bigint): Promise<boolean> {
  return (await query(tx, DECISION_APPLIED, [id])).length > 0;
}
