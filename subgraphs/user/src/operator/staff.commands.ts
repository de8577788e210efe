import * as operations from '@tintype/schema/operations';
import { type Command, type GraphCommands, linesOfPage, nameOf, pageOf, row } from './graph-commands.ts';

/** Adds the commands that list who has a role, and what they did. */
export function addStaffCommands(program: Command, { pageCommand, run }: GraphCommands): void {
  pageCommand(program, 'audit', 'list what moderators and admins did, the newest first').action((options) =>
    run(
      options,
      async (client) => (await client.request(operations.AuditLogDocument, pageOf(options))).auditLog!,
      (page) =>
        linesOfPage(page, (entry) =>
          row(
            entry.createdAt,
            entry.kind,
            nameOf(entry.actor),
            entry.caseId ?? '-',
            nameOf(entry.subject),
            entry.detail ?? '-',
          ),
        ),
    ),
  );
  pageCommand(program, 'roles', 'list everybody with a role').action((options) =>
    run(
      options,
      async (client) => (await client.request(operations.StaffDocument, pageOf(options))).staff!,
      (page) => linesOfPage(page, ({ user, role, grantedAt }) => row(nameOf(user), role, grantedAt)),
    ),
  );
}
