import type { AuditKind } from '#generated/graphql.ts';

/** Something that a moderator or admin did. */
export type AuditEntryModel = {
  id: bigint;
  kind: AuditKind;
  actorId: bigint | null;
  caseId: bigint | null;
  subjectId: bigint | null;
  detail: string | null;
  createdAt: Date;
};

export type NewAuditEntry = {
  id: bigint;
  kind: AuditKind;
  /** Null for somebody with access to the database. */
  actorId: bigint | null;
  caseId?: bigint;
  subjectId?: bigint;
  detail?: string;
  /** If it is written from an event: its id. */
  eventId?: string;
};
