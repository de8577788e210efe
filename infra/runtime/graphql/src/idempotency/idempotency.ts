import { type Executor, query, SAMPLE_SCHEMA, statementFor } from '@tintype/postgres';
import { RequestError } from '../errors.ts';
import type { Claim } from './claim.ts';

/** Ids of what was written. The payload of a repeated mutation is made from them. */
export type Written = readonly string[];

/**
 * Stores the result under the client's key, in the transaction that writes it.
 *
 * @param userId the account with which the key is deleted, if it is not the viewer's
 */
export type Remember = (tx: Executor, written: Written, userId?: bigint) => Promise<void>;

export type Idempotency = {
  /**
   * Does the work, unless it was done under this key before.
   *
   * @throws RequestError IDEMPOTENCY_KEY_REUSED if the key was used with another input
   */
  once<Outcome>(
    claim: Claim | null,
    steps: {
      work(remember: Remember): Promise<Outcome>;
      /** Whether the work wrote nothing. It may then have met the result of another request with the same key. */
      isRefused(outcome: Outcome): boolean;
      /** The outcome of earlier work under this key. */
      replay(written: Written): Promise<Outcome>;
    },
  ): Promise<Outcome>;
  /** Removes all keys of a person. */
  erase(executor: Executor, userId: bigint): Promise<void>;
  /** Removes expired keys. @returns how many */
  removeOld(limit: number): Promise<number>;
};

/** How long a key is valid. */
const HONOURED_HOURS = 24;

const FIND = statementFor(
  'idempotency_find',
  [SAMPLE_SCHEMA],
  (schema: string) => `SELECT input_hash = $2 AS "isSame!", written AS "written!" FROM "${schema}".idempotency_key
   WHERE key = $1 AND created_at > now() - $3 * interval '1 hour'`,
);
const REMEMBER = statementFor(
  'idempotency_remember',
  [SAMPLE_SCHEMA],
  (
    schema: string,
  ) => `INSERT INTO "${schema}".idempotency_key AS k (key, user_id, input_hash, written) VALUES ($1, $2, $3, $4)
   ON CONFLICT (key) DO UPDATE SET input_hash = $3, written = $4, created_at = now()
   WHERE k.created_at <= now() - $5 * interval '1 hour' RETURNING key`,
);
const ERASE = statementFor(
  'idempotency_erase',
  [SAMPLE_SCHEMA],
  (schema: string) => `DELETE FROM "${schema}".idempotency_key WHERE user_id = $1`,
);
const REMOVE_OLD = statementFor(
  'idempotency_remove_old',
  [SAMPLE_SCHEMA],
  (schema: string) => `DELETE FROM "${schema}".idempotency_key WHERE key IN (
     SELECT key FROM "${schema}".idempotency_key WHERE created_at <= now() - $1 * interval '1 hour' LIMIT $2) RETURNING 1`,
);

/** Another request with the same key committed first, so everything is rolled back. */
class RememberedError extends Error {
  override name = 'RememberedError';
}

/**
 * The idempotency keys of mutations, in the owner's own schema, so that they are written in the same transaction as the
 * result.
 */
export function createIdempotency(deps: { pool: Executor; schema: string }): Idempotency {
  const { pool, schema } = deps;

  const find = async ({ key, inputHash }: Claim): Promise<Written | null> => {
    const [row] = await query(pool, FIND(schema), [key, inputHash, HONOURED_HOURS]);
    if (!row) return null;
    if (row.isSame) return row.written;
    throw new RequestError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was sent with another input before.');
  };

  /** Waits for another transaction that stores the same key. */
  const remember =
    (claim: Claim): Remember =>
    async (tx, written, userId = claim.userId) => {
      const rows = await query(tx, REMEMBER(schema), [claim.key, userId, claim.inputHash, written, HONOURED_HOURS]);
      if (rows.length === 0) throw new RememberedError('Another request with this key was faster.');
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
      await query(executor, ERASE(schema), [userId]);
    },
    async removeOld(limit) {
      return (await query(pool, REMOVE_OLD(schema), [HONOURED_HOURS, limit])).length;
    },
  };
}
