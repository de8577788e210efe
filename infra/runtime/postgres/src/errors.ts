import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';

const UNIQUE_VIOLATION = '23505';
/** Statement timeout and lock timeout. */
const TIMEOUT_CODES: ReadonlySet<string> = new Set(['57014', '55P03']);
/** Data exceptions, and values that a column does not accept. */
const UNFIT = /^(22...|23502|23514)$/;
/** The message of pg, which has no code for this. */
const READ_TIMEOUT = 'Query read timeout';

type PgCause = { code?: string; constraint?: string };
type PrismaCause = {
  code?: string;
  meta?: { driverAdapterError?: { cause?: { constraint?: { fields?: string[]; index?: string } } } };
};

/**
 * Whether the statement failed because a row with this key exists, reported by pg or Prisma.
 *
 * @param constraint name of the constraint or index, or of a column in it; any if it is left out
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const fromPg = error as PgCause;
  if (fromPg.code === UNIQUE_VIOLATION) return !constraint || (fromPg.constraint ?? '').includes(constraint);
  const fromPrisma = error as PrismaCause;
  if (fromPrisma.code !== 'P2002') return false;
  const violated = fromPrisma.meta?.driverAdapterError?.cause?.constraint;
  const names = [...(violated?.fields ?? []), violated?.index ?? ''];
  return !constraint || names.some((name) => name.includes(constraint));
}

/** Whether a statement failed because of its values. With the same ones it would fail again. */
export function isUnfit(error: unknown): boolean {
  return error instanceof pg.DatabaseError && UNFIT.test(error.code ?? '');
}

/** Whether a statement was cancelled because it took longer than the timeouts of the connection or request allow. */
export function isTimeout(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'TIMEOUT';
  if (error instanceof pg.DatabaseError) return TIMEOUT_CODES.has(error.code ?? '');
  return isUnanswered(error);
}

/** Whether the server did not respond in time at all. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === READ_TIMEOUT;
}

/** Whether a connection can be used again after this error: Postgres answered, and did not close it. */
export function isUsable(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof pg.DatabaseError && !isOutage(error));
}

/** The StoreError for a statement without an answer, or without a result in time. Other errors stay as they are. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  if (isOutage(error)) return new StoreError('UNAVAILABLE', { cause: error });
  return isTimeout(error) ? new StoreError('TIMEOUT', { cause: error }) : error;
}
