import { connection, encodeCursor, pageArgs } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import type { DecisionService } from '#decision/decision.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { targetIdOf } from '#report/target.rules.ts';
import { requireStaff, type Staff } from '#staff/staff.ts';
import type { Context } from '../context.ts';
import { type ErrorCode, inputError } from '../errors.ts';
import { personOf } from '../person.ts';
import type { CaseModel } from './case.model.ts';
import { stateOf } from './case.rules.ts';
import type { CaseOutcome, CaseService } from './case.service.ts';
import type { FindContent } from './reported-content.ts';

type CaseResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'cases' | 'case' | 'reportedContent'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'claimCase' | 'releaseCase' | 'decideCase' | 'reverseDecision'>;
  Case: CompleteResolvers['Case'];
  CaseReport: CompleteResolvers['CaseReport'];
};

/** The fields of an input that errors are about, if it is not the case. */
const FIELDS: Partial<Record<ErrorCode, string>> = {
  ACTION_NOT_APPLICABLE: 'action',
  SUSPENSION_INVALID: 'suspendDays',
};

/** The name of the reports of a case in their cursors. */
const CURSOR = 'caseReports';

const globalCaseId = (id: bigint | null) => (id === null ? null : globalId('Case', id));

export function createCaseResolvers(deps: {
  cases: CaseService;
  decisions: DecisionService;
  findContent: FindContent;
}): CaseResolvers {
  const { cases, decisions, findContent } = deps;

  const find = (text: string): Promise<CaseModel | null> => {
    const id = parseGlobalId('Case', text);
    return id === null ? Promise.resolve(null) : cases.find(id);
  };
  const change = async <Code extends ErrorCode>(
    text: string,
    context: Context,
    act: (staff: Staff, id: bigint) => Promise<CaseOutcome<Code | 'CASE_NOT_FOUND'>>,
  ) => {
    const staff = await requireStaff(context);
    const id = parseGlobalId('Case', text);
    const outcome = id === null ? ({ error: 'CASE_NOT_FOUND' } as const) : await act(staff, id);
    if ('case' in outcome) return { case: outcome.case, errors: [] };
    return { case: null, errors: [inputError(outcome.error, FIELDS[outcome.error] ?? 'caseId')] };
  };
  const roleOf =
    ({ loaders }: Context) =>
    (userId: bigint) =>
      loaders.roles.load(userId);

  return {
    Query: {
      async cases(_, { states, reasons, ...args }, context) {
        await requireStaff(context);
        return cases.page({ states: states ?? [], reasons: reasons ?? [] }, args);
      },
      async case(_, { id }, context) {
        await requireStaff(context);
        return find(id);
      },
      async reportedContent(_, { caseId }, context) {
        const staff = await requireStaff(context);
        const found = await find(caseId);
        // Even a moderator does not see what others sent about them.
        if (!found || found.personId === staff.userId) return null;
        await cases.noteView(staff, found);
        const decided = found.decidedCaseId === null ? null : await cases.find(found.decidedCaseId);
        const content = await findContent(decided ?? found);
        return content && { ...content, excerpt: found.excerpt };
      },
    },
    Mutation: {
      claimCase: (_, { input }, context) =>
        change(input.caseId, context, (staff, id) => cases.claim(staff, id, roleOf(context))),
      releaseCase: (_, { input }, context) => change(input.caseId, context, cases.release),
      decideCase: (_, { input }, context) =>
        change(input.caseId, context, (staff, id) => {
          const { action, reason = null, suspendDays = null } = input;
          return decisions.decide(staff, id, { action, reason, suspendDays }, roleOf(context));
        }),
      reverseDecision: (_, { input }, context) =>
        change(input.caseId, context, (staff, id) => decisions.reverse(staff, id, roleOf(context))),
    },
    Case: {
      id: ({ id }) => globalId('Case', id),
      decidedCaseId: ({ decidedCaseId }) => globalCaseId(decidedCaseId),
      appealCaseId: ({ appealCaseId }) => globalCaseId(appealCaseId),
      reversalCaseId: ({ reversalCaseId }) => globalCaseId(reversalCaseId),
      targetId: targetIdOf,
      person: ({ personId }) => ({ id: personId }),
      state: stateOf,
      moderator: ({ decidedBy, claimedBy }) => personOf(decidedBy ?? claimedBy),
      async reports({ id, personId }, args, { loaders, viewer }) {
        if (personId === viewer?.userId) return null;
        const page = pageArgs(args, `${CURSOR}:${id}`, 1);
        const { from, direction, size } = page;
        const rows = await loaders.caseReports.load({ parent: id, from, direction, limit: size + 1 });
        return connection(
          rows,
          page,
          (row) => row,
          (row) => encodeCursor(page.kind, [row.id]),
        );
      },
    },
    CaseReport: { reporter: ({ reporterId }) => personOf(reporterId) },
  };
}
