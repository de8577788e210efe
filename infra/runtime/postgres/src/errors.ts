import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';

const UNIQUE_VIOLATION = '23505';
/** Statement time-out, and lock time-out. */
const LATE: ReadonlySet<string> = new Set(['57014', '55P03']);
/** Data exceptions, and values that a column does not take. */
const UNFIT = /^(22...|23502|23514)$/;
/** As pg words it: it has no code for this. */
const READ_TIMEOUT = 'Query read timeout';

type PgCause = { code?: string; constraint?: string };
type PrismaCause = {
  code?: string;
  meta?: { driverAdapterError?: { cause?: { constraint?: { fields?: string[]; index?: string } } } };
};

/**
 * Whether the statement failed because a row with this key exists, told by pg or by Prisma.
 *
 * @param constraint name of the constraint or index, or a column in it; any, where it is left out
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

/** Whether a statement failed by the values that it was given: the same ones will fail again. */
export function isUnfit(error: unknown): boolean {
  return error instanceof pg.DatabaseError && UNFIT.test(error.code ?? '');
}

/** Whether a statement was given up because it took longer than a connection's time-outs, or its request, allow. */
export function isLate(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'TIMEOUT';
  if (error instanceof pg.DatabaseError) return LATE.has(error.code ?? '');
  return isUnanswered(error);
}

/** Whether the server said nothing at all in time. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === READ_TIMEOUT;
}

/** Whether a connection that failed so can be used again: after an answer of Postgres that does not end it. */
export function isUsable(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof pg.DatabaseError && !isOutage(error));
}

/** A statement that had no answer, or no result in time, as a StoreError; any other error as it is. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  if (isOutage(error)) return new StoreError('UNAVAILABLE', { cause: error });
  return isLate(error) ? new StoreError('TIMEOUT', { cause: error }) : error;
}
