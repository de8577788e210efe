import { RequestError, SubgraphError } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import { addAuditEntry } from '#audit/audit.repository.ts';
import { findAllowedCase, type RoleOf } from '#case/allowed-case.ts';
import type { CaseModel } from '#case/case.model.ts';
import { closeCase, findCase, findFirstReason, lockCase, markDecided, openReview } from '#case/case.repository.ts';
import type { CaseOutcome } from '#case/case.service.ts';
import type {
  DecideCaseErrorCode,
  ModerationAction,
  ReportReason,
  ReverseDecisionErrorCode,
} from '#generated/graphql.ts';
import type { Staff } from '#staff/staff.ts';
import { APPEAL_DAYS } from '../limits.ts';
import {
  addDecision,
  claimDue,
  findDecisionState,
  findPending,
  findReviewed,
  markApplied,
  markReversed,
  orderDecision,
  type PendingDecision,
} from './decision.repository.ts';
import { checkAction, isTold } from './decision.rules.ts';
import type { ReadExcerpt } from './excerpt.ts';
import type { TakeEffect } from './take-effect.ts';

/** What a moderator wants to do about a case. */
export type Verdict = {
  action: ModerationAction;
  /** By default that of the first report. */
  reason: ReportReason | null;
  suspendDays: number | null;
};
type WrittenVerdict = Verdict & { excerpt: string | null };

export type DecisionService = {
  /**
   * Decides a case that the moderator has claimed, and applies the action. Repeating it does nothing more.
   *
   * @throws RequestError UNAVAILABLE if the action has not taken effect yet. `applyDue` repeats it
   */
  decide(staff: Staff, caseId: bigint, verdict: Verdict, roleOf: RoleOf): Promise<CaseOutcome<DecideCaseErrorCode>>;
  /**
   * Undoes what was decided about a case, in a new case.
   *
   * @throws RequestError UNAVAILABLE if it has not taken effect yet. `applyDue` repeats it
   */
  reverse(staff: Staff, caseId: bigint, roleOf: RoleOf): Promise<CaseOutcome<ReverseDecisionErrorCode>>;
  /** Applies decisions whose action has not taken effect. @returns how many it tried */
  applyDue(): Promise<number>;
};

/** How long the mutation has to apply its decision, and the pause between two attempts of the job. */
const LEASE_MS = 15_000;
const BATCH = 20;

const applied = counter('moderation_decisions_applied_total', 'Attempts to apply decisions', ['action', 'outcome']);

/**
 * A decision is written first, then its owners are told to let it take effect, and only then is the case closed. Each
 * step can be repeated. So if the process dies or an owner is unavailable, a job continues, and the case stays DECIDED
 * until the action is in effect.
 */
export function createDecisionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  takeEffect: TakeEffect;
  readExcerpt: ReadExcerpt;
  log: Log;
}): DecisionService {
  const { pool, ids, takeEffect, readExcerpt, log } = deps;

  /** @throws SubgraphError if an owner cannot be told */
  const apply = async (decision: PendingDecision): Promise<void> => {
    const { id, caseId, action, moderatorId: actorId } = decision;
    await takeEffect(decision);
    await transaction(pool, async (tx) => {
      await lockCase(tx, caseId);
      if (!(await markApplied(tx, id))) return;
      await closeCase(tx, caseId);
      await addAuditEntry(tx, { id: ids.next(), kind: 'ACTION_APPLIED', actorId, caseId, detail: action });
    });
    applied.inc({ action, outcome: 'applied' });
  };

  /** Applies a decision that was just written. @throws RequestError UNAVAILABLE */
  const applyNow = async (decision: PendingDecision): Promise<void> => {
    try {
      await apply(decision);
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      applied.inc({ action: decision.action, outcome: 'failed' });
      log.error({ error, caseId: String(decision.caseId) }, 'A decision could not be applied. It will be retried.');
      throw new RequestError(
        'UNAVAILABLE',
        'The decision is recorded, but could not take effect yet. The platform retries until it does.',
      );
    }
  };

  /** Records a decision about a locked case, or a new one. @param targetId what it has an effect on */
  const record = async (
    tx: pg.PoolClient,
    { userId: actorId }: Staff,
    { caseId, targetId }: { caseId: bigint; targetId: bigint },
    { action, reason, suspendDays, excerpt }: WrittenVerdict,
  ): Promise<PendingDecision | null> => {
    const id = await orderDecision(tx, targetId, ids.next());
    const decision = { id, caseId, action, reason, moderatorId: actorId };
    await addDecision(tx, { ...decision, suspendDays, excerpt, afterMs: LEASE_MS });
    await markDecided(tx, caseId);
    await addAuditEntry(tx, { id: ids.next(), kind: 'CASE_DECIDED', actorId, caseId, detail: action });
    return findPending(tx, caseId);
  };

  const write = (
    staff: Staff,
    caseId: bigint,
    verdict: WrittenVerdict,
  ): Promise<PendingDecision | null | { error: DecideCaseErrorCode }> =>
    transaction(pool, async (tx) => {
      const { action, suspendDays } = verdict;
      const found = await lockCase(tx, caseId);
      if (!found) return { error: 'CASE_NOT_FOUND' };
      if (found.action !== null || found.closedAt !== null) {
        const isRepeated = found.action === action && found.decidedBy === staff.userId;
        return isRepeated ? findPending(tx, caseId) : { error: 'CASE_DECIDED' };
      }
      if (found.claimedBy !== staff.userId) return { error: 'CASE_NOT_CLAIMED' };
      const error = checkAction(found.targetType, action, suspendDays);
      if (error) return { error };
      if (action === 'REVERSE') await markReversed(tx, found.targetId);
      const targetId = await affectedBy(tx, found);
      return record(tx, staff, { caseId, targetId }, { ...verdict, reason: await toldReason(tx, found, verdict) });
    });

  /** What a decision about a case has an effect on: for an appeal, that of the first decision. */
  const affectedBy = async (tx: pg.PoolClient, { targetType, targetId }: CaseModel): Promise<bigint> =>
    (targetType === 'DECISION' ? (await findReviewed(tx, targetId))?.targetId : undefined) ?? targetId;

  /** The reason that the person is told; null after a decision to do nothing, or about another decision. */
  const toldReason = async (
    tx: pg.PoolClient,
    { id, targetType }: CaseModel,
    { action, reason }: Verdict,
  ): Promise<ReportReason | null> => {
    if (!isTold(targetType, action)) return null;
    return reason ?? (await findFirstReason(tx, id)) ?? 'OTHER';
  };

  const undo = (staff: Staff, { id: caseId, personId, targetId }: CaseModel) =>
    transaction(pool, async (tx): Promise<PendingDecision | null | { error: ReverseDecisionErrorCode }> => {
      // An appeal locks the same case.
      await lockCase(tx, caseId);
      const decision = await findDecisionState(tx, caseId, APPEAL_DAYS);
      if (!decision?.isApplied || !decision.isTold) return { error: 'CASE_NOT_DECIDED' };
      if (decision.isReversed) return { error: 'DECISION_REVERSED' };
      if (decision.hasOpenAppeal) return { error: 'DECISION_APPEALED' };
      const id = ids.next();
      await openReview(tx, { id, decisionId: decision.id, personId });
      await markReversed(tx, decision.id);
      return record(
        tx,
        staff,
        { caseId: id, targetId },
        { action: 'REVERSE', reason: null, suspendDays: null, excerpt: null },
      );
    });

  return {
    async decide(staff, caseId, verdict, roleOf) {
      const allowed = await findAllowedCase(pool, staff, caseId, roleOf);
      if ('error' in allowed) return allowed;
      const { case: known } = allowed;
      const isKept = known.action === null && isTold(known.targetType, verdict.action);
      const written = await write(staff, caseId, { ...verdict, excerpt: isKept ? await readExcerpt(known) : null });
      if (written && 'error' in written) return written;
      if (written) await applyNow(written);
      return { case: (await findCase(pool, caseId))! };
    },
    async reverse(staff, caseId, roleOf) {
      const allowed = await findAllowedCase(pool, staff, caseId, roleOf);
      if ('error' in allowed) return allowed;
      const written = await undo(staff, allowed.case);
      if (!written || 'error' in written) return written ?? { error: 'CASE_NOT_DECIDED' };
      await applyNow(written);
      return { case: (await findCase(pool, written.caseId))! };
    },
    async applyDue() {
      const due = await claimDue(pool, LEASE_MS, BATCH);
      for (const decision of due) {
        try {
          await apply(decision);
        } catch (error) {
          if (!(error instanceof SubgraphError)) throw error;
          applied.inc({ action: decision.action, outcome: 'failed' });
          const caseId = String(decision.caseId);
          log.warn({ error, caseId }, 'A decision could not be applied. It will be retried.');
        }
      }
      return due.length;
    },
  };
}
