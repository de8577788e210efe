import type { ModerationAction, ModerationDecisionState, ReportReason, ReportTargetType } from '#generated/graphql.ts';

/** A decision, as the person whom it is about sees it: without the moderator and the reports. */
export type OwnDecisionModel = {
  id: bigint;
  targetType: ReportTargetType;
  targetId: bigint;
  /** The beginning of what it is about, as it was then. Null if it could not be read. */
  excerpt: string | null;
  action: ModerationAction;
  reason: ReportReason;
  /** When a suspension ends. */
  suspendedUntil: Date | null;
  decidedAt: Date;
  state: ModerationDecisionState;
  /** Null if the person can no longer appeal, or has done so. */
  appealableUntil: Date | null;
  appealText: string | null;
};
