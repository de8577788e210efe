import type { DiagnoseMigrationHistoryOutput } from '@prisma/schema-engine-wasm';
import { MigrationError } from '#migrations/migration.error.ts';

/** Names of migrations: in the folder only, in the database only, with another checksum, and begun but never finished. */
export type MigrationStatus = { pending: string[]; ahead: string[]; edited: string[]; failed: string[] };

export function toStatus(found: DiagnoseMigrationHistoryOutput): MigrationStatus {
  const history = found.history;
  return {
    pending: history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [],
    ahead: history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [],
    edited: found.editedMigrationNames,
    failed: found.failedMigrationNames,
  };
}

/** A failed migration is told first: until it is settled, what else the history says is of no use. */
export function assertFits({ failed, ahead, edited }: MigrationStatus): void {
  if (failed.length > 0) {
    throw new MigrationError(
      'HALF_MIGRATED',
      failed,
      `The database is half-migrated: ${failed.join(', ')} was begun and did not finish. Look at what it left ` +
        '(select logs from _prisma_migrations), put that right by hand, then run: ' +
        `npm run db:migrate -- --rolled-back ${failed[0]}`,
    );
  }
  if (ahead.length > 0) {
    throw new MigrationError(
      'AHEAD',
      ahead,
      `The database is ahead of this checkout: it has ${ahead.join(', ')}, which prisma/migrations lacks. ` +
        'Check out the version that has it, or use another database.',
    );
  }
  if (edited.length > 0) {
    throw new MigrationError(
      'EDITED',
      edited,
      `Edited after it was applied: ${edited.join(', ')}. Restore its migration.sql as it was ` +
        'and put the change into a new migration (npm run db:diff -- <name>).',
    );
  }
}
