import { findErasedPeople } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addAuditEntry } from '#audit/audit.repository.ts';
import { lockCase, openReview } from '#case/case.repository.ts';
import { findDecisionState } from '#decision/decision.repository.ts';
import { closeCasesAbout } from '#erasure/erasure.repository.ts';
import type { AppealDecisionErrorCode } from '#generated/graphql.ts';
import type { OwnDecisionModel } from '#own-decision/own-decision.model.ts';
import { findOwnDecision } from '#own-decision/own-decision.repository.ts';
import { APPEAL_DAYS, MAX_APPEAL_TEXT } from '../limits.ts';
import { checkText } from '../text.rules.ts';
import { addAppeal, eraseAppeals, findDecidedCase } from './appeal.repository.ts';

export type AppealOutcome = { decision: OwnDecisionModel } | { error: AppealDecisionErrorCode };

export type AppealService = {
  /** Opens a case about a decision about this person, for another moderator. */
  appeal(personId: bigint, decisionId: bigint, text: string): Promise<AppealOutcome>;
};

const ERASED_AT_ONCE = 200;

export function createAppealService(deps: { pool: pg.Pool; ids: IdGenerator }): AppealService {
  const { pool, ids } = deps;

  const write = (personId: bigint, decisionId: bigint, text: string) =>
    transaction(pool, async (tx): Promise<AppealOutcome> => {
      const decidedCaseId = await findDecidedCase(tx, decisionId, personId);
      if (decidedCaseId === null) return { error: 'DECISION_NOT_FOUND' };
      // So that concurrent appeals, and moderators who undo the decision, come one after another.
      await lockCase(tx, decidedCaseId);
      const state = await findDecisionState(tx, decidedCaseId, APPEAL_DAYS);
      if (!state?.isTold || !state.isApplied) return { error: 'DECISION_NOT_FOUND' };
      if (state.isReversed) return { error: 'DECISION_REVERSED' };
      if (state.isAppealed) return { error: 'DECISION_APPEALED' };
      if (state.isOld) return { error: 'DECISION_TOO_OLD' };
      const caseId = ids.next();
      await openReview(tx, { id: caseId, decisionId, personId });
      await addAppeal(tx, { decisionId, caseId, text });
      await addAuditEntry(tx, { id: ids.next(), kind: 'APPEAL_SENT', actorId: personId, caseId });
      return { decision: (await findOwnDecision(tx, personId, decisionId))! };
    });

  return {
    async appeal(personId, decisionId, input) {
      const checked = checkText(input, MAX_APPEAL_TEXT);
      if ('error' in checked) return checked;
      if (checked.text === '') return { error: 'TEXT_REQUIRED' };
      const outcome = await write(personId, decisionId, checked.text);
      // The account may have been deleted meanwhile: either its erasure found the appeal, or this finds the erasure.
      if ((await findErasedPeople(pool, 'moderation', [personId])).has(personId)) {
        await closeCasesAbout(pool, personId, ERASED_AT_ONCE);
        await eraseAppeals(pool, personId, ERASED_AT_ONCE);
      }
      return outcome;
    },
  };
}
