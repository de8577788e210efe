import { type Executor, type KeysetRead, query, startOf, statement } from '@tintype/postgres';
import type { ModerationAction, ModerationDecisionState, ReportReason, ReportTargetType } from '#generated/graphql.ts';
import { APPEAL_DAYS } from '../limits.ts';
import type { OwnDecisionModel } from './own-decision.model.ts';

/** When it is too late for an appeal. */
const APPEAL_END = `d.created_at + ${APPEAL_DAYS} * interval '1 day'`;

/** Decisions about a person that are in effect. `$1`: the person. */
const OWN = `SELECT d.id AS "id!", c.target_type AS "targetType!", c.target_id AS "targetId!", d.excerpt, d.action AS "action!",
    d.reason AS "reason!", d.until AS "suspendedUntil", d.created_at AS "decidedAt!",
    CASE WHEN d.reversed_at IS NOT NULL THEN 'REVERSED' WHEN a.decision_id IS NULL THEN 'IN_EFFECT'
      WHEN ac.closed_at IS NULL THEN 'APPEALED' ELSE 'UPHELD' END AS "state!",
    CASE WHEN d.reversed_at IS NULL AND a.decision_id IS NULL AND ${APPEAL_END} > now()
      THEN ${APPEAL_END} END AS "appealableUntil", a.text AS "appealText"
  FROM moderation.case c JOIN moderation.decision d ON d.case_id = c.id
  LEFT JOIN moderation.appeal a ON a.decision_id = d.id LEFT JOIN moderation.case ac ON ac.id = a.case_id
  WHERE c.person_id = $1 AND d.reason IS NOT NULL AND d.applied_at IS NOT NULL`;

type Shapes = {
  targetType: ReportTargetType;
  action: ModerationAction;
  reason: ReportReason;
  state: ModerationDecisionState;
};

const OWN_DECISION = statement('own_decision', `${OWN} AND d.id = $2`).narrow<Shapes>();

export async function findOwnDecision(
  executor: Executor,
  userId: bigint,
  id: bigint,
): Promise<OwnDecisionModel | null> {
  return (await query(executor, OWN_DECISION, [userId, id]))[0] ?? null;
}

const OWN_DECISIONS = statement('own_decisions', `${OWN} AND d.id < $2 ORDER BY d.id DESC LIMIT $3`).narrow<Shapes>();

/** Newest first. */
export function listOwnDecisions(executor: Executor, userId: bigint, read: KeysetRead): Promise<OwnDecisionModel[]> {
  return query(executor, OWN_DECISIONS, [userId, startOf(read), read.limit]);
}

const EXPORTED_DECISIONS = statement(
  'exported_decisions',
  `${OWN} AND d.id > $2 ORDER BY d.id LIMIT $3`,
).narrow<Shapes>();

/** Oldest first, for exports. */
export function listDecisionsAfter(
  executor: Executor,
  ...page: [userId: bigint, after: bigint, limit: number]
): Promise<OwnDecisionModel[]> {
  return query(executor, EXPORTED_DECISIONS, page);
}
