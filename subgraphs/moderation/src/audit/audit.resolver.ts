import { connection, encodeCursor, pageArgs, readOf } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { KeysetRead } from '@tintype/postgres';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { requireAdmin } from '#staff/staff.ts';
import { personOf } from '../person.ts';
import type { AuditEntryModel } from './audit.model.ts';

type AuditResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'auditLog'>;
  AuditEntry: CompleteResolvers['AuditEntry'];
};

/** The name of the list in its cursors. */
const CURSOR = 'auditLog';

export function createAuditResolvers(deps: {
  listEntries(read: KeysetRead): Promise<AuditEntryModel[]>;
}): AuditResolvers {
  return {
    Query: {
      async auditLog(_, args, context) {
        await requireAdmin(context);
        const page = pageArgs(args, CURSOR, 1);
        return connection(
          await deps.listEntries(readOf(page)),
          page,
          (entry) => entry,
          ({ id }) => encodeCursor(page.kind, [id]),
        );
      },
    },
    AuditEntry: {
      actor: ({ actorId }) => personOf(actorId),
      caseId: ({ caseId }) => (caseId === null ? null : globalId('Case', caseId)),
      subject: ({ subjectId }) => personOf(subjectId),
    },
  };
}
