import { connection, encodeCursor, pageArgs, readOf, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import type { KeysetRead } from '@tintype/postgres';
import type { AppealService } from '#appeal/appeal.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { targetIdOf } from '#report/target.rules.ts';
import { inputError } from '../errors.ts';
import type { OwnDecisionModel } from './own-decision.model.ts';

type OwnDecisionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'moderationDecisions'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'appealDecision'>;
  ModerationDecision: CompleteResolvers['ModerationDecision'];
};

/** The name of the list in its cursors. */
const CURSOR = 'moderationDecisions';

export function createOwnDecisionResolvers(deps: {
  list(userId: bigint, read: KeysetRead): Promise<OwnDecisionModel[]>;
  appeals: AppealService;
}): OwnDecisionResolvers {
  return {
    Query: {
      async moderationDecisions(_, args, context) {
        const { userId } = requireViewer(context);
        const page = pageArgs(args, `${CURSOR}:${userId}`, 1);
        return connection(
          await deps.list(userId, readOf(page)),
          page,
          (row) => row,
          ({ id }) => encodeCursor(page.kind, [id]),
        );
      },
    },
    Mutation: {
      async appealDecision(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('ModerationDecision', input.decisionId);
        const outcome =
          id === null ? ({ error: 'DECISION_NOT_FOUND' } as const) : await deps.appeals.appeal(userId, id, input.text);
        if ('decision' in outcome) return { decision: outcome.decision, errors: [] };
        const field = outcome.error.startsWith('TEXT_') ? 'text' : 'decisionId';
        return { decision: null, errors: [inputError(outcome.error, field)] };
      },
    },
    ModerationDecision: {
      id: ({ id }) => globalId('ModerationDecision', id),
      targetId: targetIdOf,
    },
  };
}
