import { RequestError } from '../errors.ts';
import type { Claim } from './claim.ts';

/** A pool, or a connection with a transaction. */
type Executor = { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };

/** Ids of what was written: the answer is made from them anew. */
export type Written = readonly string[];

/**
 * Saves what was written under the client's key, in the transaction that writes it.
 *
 * @param userId whose account takes it along when it goes, where that is not the viewer
 */
export type Remember = (tx: Executor, written: Written, userId?: bigint) => Promise<void>;

export type Idempotency = {
  /**
   * Does the work, unless it was done under this key before.
   *
   * @throws RequestError IDEMPOTENCY_KEY_REUSED where the key was used with another input
   */
  once<Outcome>(
    claim: Claim | null,
    steps: {
      work(remember: Remember): Promise<Outcome>;
      /** Whether the work wrote nothing: it may have found what another request with the same key wrote. */
      isRefused(outcome: Outcome): boolean;
      /** The outcome of work that was done before. */
      replay(written: Written): Promise<Outcome>;
    },
  ): Promise<Outcome>;
  /** Removes all keys of a person. */
  erase(executor: Executor, userId: bigint): Promise<void>;
  /** Removes keys that are not honoured any more. @returns how many */
  removeOld(limit: number): Promise<number>;
};

/** For how long a key is honoured. */
const HONOURED_HOURS = 24;

/** Another request with the same key committed first: everything is rolled back. */
class RememberedError extends Error {
  override name = 'RememberedError';
}

/** Keys that clients send with mutations, in the owner's own schema, so that they are written together with what they stand for. */
export function createIdempotency(deps: { pool: Executor; schema: string }): Idempotency {
  const { pool, schema } = deps;
  const table = `"${schema}"."idempotency_key"`;

  const find = async ({ key, inputHash }: Claim): Promise<Written | null> => {
    const { rows } = await pool.query(
      `SELECT input_hash = $2 AS "isSame", written FROM ${table}
       WHERE key = $1 AND created_at > now() - $3 * interval '1 hour'`,
      [key, inputHash, HONOURED_HOURS],
    );
    const [row] = rows as { isSame: boolean; written: string[] }[];
    if (!row) return null;
    if (row.isSame) return row.written;
    throw new RequestError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was sent with another input before.');
  };

  /** Waits for another transaction that saves the same key. */
  const remember =
    (claim: Claim): Remember =>
    async (tx, written, userId = claim.userId) => {
      const { rows } = await tx.query(
        `INSERT INTO ${table} AS k (key, user_id, input_hash, written) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key) DO UPDATE SET input_hash = $3, written = $4, created_at = now()
         WHERE k.created_at <= now() - $5 * interval '1 hour' RETURNING key`,
        [claim.key, userId, claim.inputHash, written, HONOURED_HOURS],
      );
      if (rows.length === 0) throw new RememberedError('another request with this key was faster');
    };

  return {
    async once(claim, { work, isRefused, replay }) {
      if (!claim) return work(async () => undefined);
      const before = await find(claim);
      if (before) return replay(before);
      try {
        const outcome = await work(remember(claim));
        if (!isRefused(outcome)) return outcome;
        const meanwhile = await find(claim);
        return meanwhile ? replay(meanwhile) : outcome;
      } catch (error) {
        if (!(error instanceof RememberedError)) throw error;
        const meanwhile = await find(claim);
        if (!meanwhile) throw error;
        return replay(meanwhile);
      }
    },
    async erase(executor, userId) {
      await executor.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    },
    async removeOld(limit) {
      const { rows } = await pool.query(
        `DELETE FROM ${table} WHERE key IN (
           SELECT key FROM ${table} WHERE created_at <= now() - $1 * interval '1 hour' LIMIT $2) RETURNING 1`,
        [HONOURED_HOURS, limit],
      );
      return rows.length;
    },
  };
}
