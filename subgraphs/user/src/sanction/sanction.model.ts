import type { ReportReason, SanctionAction } from '#generated/graphql.ts';

/** What a moderator decided about a person, or about something that they published. */
export type Sanction = {
  /** Of the moderation subgraph. */
  decisionId: bigint;
  userId: bigint;
  action: SanctionAction;
  reason: ReportReason;
  /** When a suspension ends. */
  until: Date | null;
};

/** While it lasts, a person can use little of the graph. */
export type Suspension = {
  /** Null for a ban. */
  until: Date | null;
};
