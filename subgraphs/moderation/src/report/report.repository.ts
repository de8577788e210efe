import type { ListPart } from '@tintype/graphql';
import { DESCENDING, type Executor, type KeysetRead, keysOf, query, startOf, statement } from '@tintype/postgres';
import type { ReportOutcome, ReportReason, ReportTargetType } from '#generated/graphql.ts';
import type { CaseReportModel, ReportModel, Target } from './report.model.ts';

/** The outcome of a report is what was decided about its case. */
const REPORTS = `SELECT r.id AS "id!", c.target_type AS "targetType!", c.target_id AS "targetId!", r.reason AS "reason!",
    r.text AS "text!", r.created_at AS "createdAt!",
    CASE WHEN c.closed_at IS NULL THEN 'OPEN' WHEN d.id IS NULL THEN 'TARGET_DELETED'
      WHEN d.action = 'DISMISS' THEN 'NO_ACTION' ELSE 'ACTION_TAKEN' END AS "outcome!"
  FROM moderation.report r JOIN moderation.case c ON c.id = r.case_id
  LEFT JOIN moderation.decision d ON d.case_id = c.id`;

type Shapes = { targetType: ReportTargetType; reason: ReportReason; outcome: ReportOutcome };

const REPORT_UNDECIDED = statement(
  'report_undecided',
  `${REPORTS} WHERE r.reporter_id = $1 AND c.target_id = $2 AND c.decided_at IS NULL AND c.closed_at IS NULL`,
).narrow<Shapes>();

/** The report of this person in the undecided case about this target. */
export async function findUndecidedReport(
  executor: Executor,
  reporterId: bigint,
  targetId: bigint,
): Promise<ReportModel | null> {
  return (await query(executor, REPORT_UNDECIDED, [reporterId, targetId]))[0] ?? null;
}

const REPORTED_BY = statement(
  'reported_by',
  'SELECT EXISTS (SELECT FROM moderation.report WHERE case_id = ANY($1) AND reporter_id = $2) AS "isReporter!"',
);

/** Whether this person sent a report in one of these cases. */
export async function hasReported(
  executor: Executor,
  reporterId: bigint,
  caseIds: readonly bigint[],
): Promise<boolean> {
  const [row] = await query(executor, REPORTED_BY, [caseIds, reporterId]);
  return row!.isReporter;
}

const REPORTER_LOCK = statement('reporter_lock', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))');

/** Until the transaction ends, this person sends no other report. */
export async function lockReporter(tx: Executor, reporterId: bigint): Promise<void> {
  await query(tx, REPORTER_LOCK, [`reporter ${reporterId}`]);
}

const REPORTS_RECENT = statement(
  'reports_recent',
  `SELECT count(*)::int AS "count!" FROM moderation.report
   WHERE reporter_id = $1 AND created_at > now() - interval '24 hours'`,
);

export async function countRecentReports(executor: Executor, reporterId: bigint): Promise<number> {
  const [row] = await query(executor, REPORTS_RECENT, [reporterId]);
  return row!.count;
}

const CASE_OPEN = statement(
  'case_open',
  `INSERT INTO moderation.case AS c (id, target_type, target_id, person_id, report_count) VALUES ($1, $2, $3, $4, 1)
   ON CONFLICT (target_id) WHERE decided_at IS NULL AND closed_at IS NULL
   DO UPDATE SET report_count = c.report_count + 1 RETURNING id`,
);
const REPORT_ADD = statement(
  'report_add',
  `INSERT INTO moderation.report (id, case_id, reporter_id, reason, text) VALUES ($1, $2, $3, $4, $5)
   RETURNING created_at AS "createdAt"`,
);

/**
 * Adds a report to the undecided case about its target, or to a new one: nobody looks at a decided case again.
 *
 * @param ids of the report, and of the case if there is none
 */
export async function addReport(
  tx: Executor,
  ids: { report: bigint; case: bigint },
  target: Target,
  report: { reporterId: bigint; reason: ReportReason; text: string },
): Promise<ReportModel> {
  const { reporterId, reason, text } = report;
  const [opened] = await query(tx, CASE_OPEN, [ids.case, target.type, target.id, target.personId]);
  const [added] = await query(tx, REPORT_ADD, [ids.report, opened!.id, reporterId, reason, text]);
  return {
    id: ids.report,
    targetType: target.type,
    targetId: target.id,
    reason,
    text,
    createdAt: added!.createdAt,
    outcome: 'OPEN',
  };
}

const REPORTS_SENT = statement(
  'reports_sent',
  `${REPORTS} WHERE r.reporter_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT $3`,
).narrow<Shapes>();

/** The reports that a person sent, newest first. */
export function listSentReports(executor: Executor, reporterId: bigint, read: KeysetRead): Promise<ReportModel[]> {
  return query(executor, REPORTS_SENT, [reporterId, startOf(read), read.limit]);
}

const REPORTS_OF_CASES = statement(
  'reports_of_cases',
  `SELECT (asked.ordinal - 1)::int AS "part!", listed.id AS "id!", listed.reporter_id AS "reporterId",
     listed.reason AS "reason!", listed.text AS "text!", listed.created_at AS "createdAt!"
   FROM unnest(${keysOf('$1')}, ${keysOf('$2')}, ${keysOf('$3')}) WITH ORDINALITY AS asked(parent, place, size, ordinal)
   CROSS JOIN LATERAL (SELECT * FROM moderation.report WHERE case_id = asked.parent AND id < asked.place
     ORDER BY id DESC LIMIT asked.size) AS listed
   ORDER BY asked.ordinal, listed.id DESC`,
).narrow<{ reason: ReportReason }>();

/** Reports of several cases, newest first. */
export function listReportsOfCases(
  executor: Executor,
  parts: readonly ListPart<bigint>[],
): Promise<(CaseReportModel & { part: number })[]> {
  return query(executor, REPORTS_OF_CASES, [
    parts.map(({ parent }) => parent),
    parts.map(({ from }) => from?.[0] ?? DESCENDING.forward.edge),
    parts.map(({ limit }) => BigInt(limit)),
  ]);
}
