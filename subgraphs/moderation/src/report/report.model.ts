import type { ReportOutcome, ReportReason, ReportTargetType } from '#generated/graphql.ts';

/** What is reported. */
export type Target = {
  type: ReportTargetType;
  id: bigint;
  /** The person who is reported, or whose post or comment is. */
  personId: bigint;
};

/** A report, as the person who sent it sees it. */
export type ReportModel = {
  id: bigint;
  targetType: ReportTargetType;
  targetId: bigint;
  reason: ReportReason;
  text: string;
  createdAt: Date;
  outcome: ReportOutcome;
};

/** A report, as moderators see it. */
export type CaseReportModel = {
  id: bigint;
  /** Null once the account is deleted. */
  reporterId: bigint | null;
  reason: ReportReason;
  text: string;
  createdAt: Date;
};
