import { findErasedPeople } from '@tintype/events';
import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { closeCasesAbout, eraseReportsAbout, eraseReportsOf } from '#erasure/erasure.repository.ts';
import type { ReportReason, ReportUserErrorCode } from '#generated/graphql.ts';
import { MAX_REPORT_TEXT, MAX_REPORTS } from '../limits.ts';
import { checkText } from '../text.rules.ts';
import type { ReportModel, Target } from './report.model.ts';
import {
  addReport,
  countRecentReports,
  findUndecidedReport,
  listSentReports,
  lockReporter,
} from './report.repository.ts';

export type ReportOutcome = { report: ReportModel } | { error: Exclude<ReportUserErrorCode, 'USER_NOT_FOUND'> };

export type ReportService = {
  /**
   * Reports something that the person may see. Until the case is decided, a repeated report returns the first one.
   */
  report(
    reporterId: bigint,
    target: Target,
    input: { reason: ReportReason; text?: string | null | undefined },
  ): Promise<ReportOutcome>;
  /** The reports that a person sent, newest first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(reporterId: bigint, args: PageArgs): Promise<Connection<ReportModel>>;
};

/** The name of the list in its cursors. */
const CURSOR = 'reports';
const ERASED_AT_ONCE = 200;

export function createReportService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  /** Whether an account is in its first days. */
  isNew(userId: bigint): boolean;
}): ReportService {
  const { pool, ids, isNew } = deps;
  return {
    async report(reporterId, target, input) {
      const checked = checkText(input.text, MAX_REPORT_TEXT);
      if ('error' in checked) return checked;
      if (target.personId === reporterId) return { error: 'SELF_NOT_ALLOWED' };
      const outcome = await transaction(pool, async (tx): Promise<ReportOutcome> => {
        await lockReporter(tx, reporterId);
        const known = await findUndecidedReport(tx, reporterId, target.id);
        if (known) return { report: known };
        const limit = isNew(reporterId) ? NEW_ACCOUNT_LIMITS.reports : MAX_REPORTS;
        if ((await countRecentReports(tx, reporterId)) >= limit) return { error: 'TOO_MANY_REPORTS' };
        const report = { reporterId, reason: input.reason, text: checked.text };
        return { report: await addReport(tx, { report: ids.next(), case: ids.next() }, target, report) };
      });
      // The accounts may have been deleted meanwhile: either their erasure found the report, or this finds the erasure.
      const { personId } = target;
      const erased = await findErasedPeople(pool, 'moderation', [reporterId, personId]);
      if (erased.has(reporterId)) await eraseReportsOf(pool, reporterId, ERASED_AT_ONCE);
      if (erased.has(personId)) {
        await closeCasesAbout(pool, personId, ERASED_AT_ONCE);
        await eraseReportsAbout(pool, personId, ERASED_AT_ONCE);
      }
      return outcome;
    },
    async page(reporterId, args) {
      const page = pageArgs(args, `${CURSOR}:${reporterId}`, 1);
      const rows = await listSentReports(pool, reporterId, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
  };
}
