import { type Executor, query } from './query.ts';
import { statement } from './statement.ts';

/*
 * Advisory locks on a key, such as `tintype:relay:post`, that at most one session holds. Postgres releases them at the
 * latest when the session ends.
 */

const TRY_LOCK = statement('advisory_lock', 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "held!"');
const TRY_TRANSACTION_LOCK = statement(
  'advisory_lock_transaction',
  'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "held!"',
);
const UNLOCK = statement('advisory_lock_release', 'SELECT pg_advisory_unlock(hashtextextended($1, 0))');

/**
 * Takes the lock for the session, unless another session holds it.
 *
 * @param session one connection, not a pool
 * @returns whether this session holds it now
 */
export async function tryLock(session: Executor, key: string): Promise<boolean> {
  const [row] = await query(session, TRY_LOCK, [key]);
  return row!.held;
}

/** Takes the lock until the end of the transaction, unless another session holds it. @returns whether it is held now */
export async function tryTransactionLock(tx: Executor, key: string): Promise<boolean> {
  const [row] = await query(tx, TRY_TRANSACTION_LOCK, [key]);
  return row!.held;
}

/** Releases what `tryLock` took, in the same session. */
export async function unlock(session: Executor, key: string): Promise<void> {
  await query(session, UNLOCK, [key]);
}
