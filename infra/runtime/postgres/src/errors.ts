const UNIQUE_VIOLATION = '23505';
/** Statement time-out, and lock time-out. */
const LATE: ReadonlySet<string> = new Set(['57014', '55P03']);

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

/** Whether Postgres gave the statement up because it took longer than a connection's time-outs allow. */
export function isLate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && LATE.has(String((error as PgCause).code));
}
