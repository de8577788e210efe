import type { ModerationAction, ReportReason, ReportTargetType } from '#generated/graphql.ts';

/** The reports about one target until it is decided, or an appeal. */
export type CaseModel = {
  id: bigint;
  targetType: ReportTargetType;
  targetId: bigint;
  personId: bigint;
  reportCount: number;
  /** Null if nobody has claimed it, or the claim has run out. */
  claimedBy: bigint | null;
  claimedUntil: Date | null;
  createdAt: Date;
  closedAt: Date | null;
  /** Null until it is decided. */
  action: ModerationAction | null;
  /** What the person is told. */
  reason: ReportReason | null;
  /** When a suspension ends. */
  suspendedUntil: Date | null;
  decidedBy: bigint | null;
  decidedAt: Date | null;
  /** The beginning of what was judged; of an appeal: by the first decision. Null unless the person was told. */
  excerpt: string | null;
  /** If it is about a decision: the case in which that was made, and by whom. */
  decidedCaseId: bigint | null;
  reviewedModeratorId: bigint | null;
  /** If it is an appeal. */
  appealText: string | null;
  /** The case of the appeal against its decision. */
  appealCaseId: bigint | null;
  /** When its decision was undone, and the case in which that was decided. */
  reversedAt: Date | null;
  reversalCaseId: bigint | null;
};

/** The parent value of references to accounts. */
export type PersonModel = { id: bigint };
