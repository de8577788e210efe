import type { DiagnoseMigrationHistoryOutput } from '@prisma/schema-engine-wasm';
import { type Owner, schemaOf } from '@tintype/schema/subgraphs';
import { MigrationError } from '#migrations/migration.error.ts';

/**
 * Migrations of an owner, as `<owner>/<name>`: in the folder only, in the database only, with another checksum, and
 * begun but never finished.
 */
export type MigrationStatus = { pending: string[]; ahead: string[]; edited: string[]; failed: string[] };

export function toStatus(owner: Owner, found: DiagnoseMigrationHistoryOutput): MigrationStatus {
  const history = found.history;
  const ofOwner = (names: readonly string[]) => names.map((name) => `${owner}/${name}`);
  return {
    pending: ofOwner(history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : []),
    ahead: ofOwner(history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : []),
    edited: ofOwner(found.editedMigrationNames),
    failed: ofOwner(found.failedMigrationNames),
  };
}

/** A failed migration is reported first: nothing else can be checked until an operator has resolved it. */
export function assertFits(owner: Owner, { failed, ahead, edited }: MigrationStatus): void {
  if (failed.length > 0) {
    throw new MigrationError(
      'HALF_MIGRATED',
      failed,
      `The database is half-migrated: ${failed.join(', ')} was begun and did not finish. Look at what it left ` +
        `(select logs from "${schemaOf(owner)}"._prisma_migrations), put that right by hand, then run: ` +
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
        `and put the change into a new migration (npm run db:diff -- ${owner} <name>).`,
    );
  }
}
