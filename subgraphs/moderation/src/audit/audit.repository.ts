import { type Executor, type KeysetRead, query, startOf, statement } from '@tintype/postgres';
import type { AuditKind } from '#generated/graphql.ts';
import type { AuditEntryModel, NewAuditEntry } from './audit.model.ts';

const AUDIT_ADD = statement(
  'audit_add',
  `INSERT INTO moderation.audit_entry (id, kind, actor_id, case_id, subject_id, detail, event_id)
   VALUES ($1, $2, $3?, $4?, $5?, $6?, $7?) ON CONFLICT (event_id) DO NOTHING`,
);

/** Records what somebody did. Call it in the transaction that does it. Nothing is written twice for an event. */
export async function addAuditEntry(tx: Executor, entry: NewAuditEntry): Promise<void> {
  const { id, kind, actorId, caseId = null, subjectId = null, detail = null, eventId = null } = entry;
  await query(tx, AUDIT_ADD, [id, kind, actorId, caseId, subjectId, detail, eventId]);
}

const AUDIT_LIST = statement(
  'audit_list',
  `SELECT id, kind, actor_id AS "actorId", case_id AS "caseId", subject_id AS "subjectId", detail,
     created_at AS "createdAt"
   FROM moderation.audit_entry WHERE id < $1 ORDER BY id DESC LIMIT $2`,
).narrow<{ kind: AuditKind }>();

/** Newest first. */
export function listAuditEntries(executor: Executor, read: KeysetRead): Promise<AuditEntryModel[]> {
  return query(executor, AUDIT_LIST, [startOf(read), read.limit]);
}
