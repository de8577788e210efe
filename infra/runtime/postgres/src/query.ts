import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { toStoreError } from './errors.ts';
import { currentLimits } from './request.limits.ts';
import type { Statement } from './statement.ts';

export type Executor = Pick<pg.Pool | pg.PoolClient, 'query'>;

const INT8 = 20;
const INT8_ARRAY = 1016;
const parseInt8Array = (text: string) => text.slice(1, -1).split(',').filter(Boolean).map(BigInt);

/** int8 as bigint, not text. Everything else as pg reads it. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt;
    if (oid === INT8_ARRAY) return parseInt8Array;
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

/**
 * Arrays of plain values in the text format of Postgres. pg quotes each value, which takes most of the time of a large
 * batch.
 */
function toParameter(value: unknown): unknown {
  return Array.isArray(value) && value.every(isPlain) ? `{${value.map((one) => one ?? 'NULL').join(',')}}` : value;
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
}

let inspect: ((statement: { name: string; sample: string }, rows: readonly unknown[]) => void) | undefined;

/** Calls `inspector` with the rows of each declared statement. Tests compare them with their types. */
export function inspectRows(inspector: NonNullable<typeof inspect>): void {
  inspect = inspector;
}

/** Sends one statement, prepared under its name on each connection. */
export async function query<Values extends readonly unknown[], Row>(
  executor: Executor,
  statement: Statement<Values, Row>,
  values: NoInfer<Values>,
): Promise<Row[]> {
  const { name, text } = statement;
  const { rows } = await executor.query({ name, text, values: values.map(toParameter), types });
  inspect?.(statement, rows);
  return rows;
}

/** For tests and benches. Nothing checks `Row`. */
export async function untyped<Row>(executor: Executor, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await executor.query({ text, values: values.map(toParameter), types })).rows;
}

/** Deadlock, serialization failure, and lock timeout. */
const RETRIED = new Set(['40001', '40P01', '55P03']);
const ATTEMPTS = 5;
/** A request starts no attempt later than this: if it had to wait this long, the lock is held for long. */
const RETRY_MS = 2000;

/**
 * Runs `work` in one transaction. A deadlock, a serialization failure or a lock timeout rolls back and starts again, up
 * to five times with jitter, and within the deadline of a request. `work` must not change anything outside the
 * transaction.
 *
 * @throws StoreError if Postgres did not answer, or did not finish in time
 */
export async function transaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const request = currentLimits();
  const until = request ? performance.now() + Math.min(RETRY_MS, request.remainingMs()) : Number.POSITIVE_INFINITY;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(pool, work);
    } catch (error) {
      const retried = error instanceof pg.DatabaseError && RETRIED.has(error.code ?? '');
      const pauseMs = Math.random() * 20 * 2 ** attempt;
      if (!retried || attempt === ATTEMPTS || performance.now() + pauseMs > until) throw toStoreError(error);
      await sleep(pauseMs);
    }
  }
}

async function attemptTransaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
