export type MigrationFault =
  | 'SINGLE_HISTORY'
  | 'OCCUPIED'
  | 'FORBIDDEN'
  | 'AHEAD'
  | 'EDITED'
  | 'HALF_MIGRATED'
  | 'FAILED'
  | 'LOCKED'
  | 'ROLES';

/**
 * The database and the migrations folder do not fit. `migrations` are those concerned, as `<owner>/<name>`; the message
 * says what to do.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly fault: MigrationFault;
  readonly migrations: readonly string[];

  constructor(fault: MigrationFault, migrations: readonly string[], message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
    this.migrations = migrations;
  }
}
