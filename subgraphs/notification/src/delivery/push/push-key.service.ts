import { query, statement, transaction } from '@tintype/postgres';
import { seal, unseal } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import webPush from 'web-push';
import { deleteAllSubscriptions } from './push-subscription.repository.ts';

export type PushKeys = { publicKey: string; privateKey: string };

export type PushKeyService = {
  /** The keys by which push services know this platform. They are created at the first start. */
  current(): Promise<PushKeys>;
};

const PURPOSE = 'tintype push keys v1';
/** An arbitrary number. The lock makes sure that processes that start together create only one pair of keys. */
const LOCK = 7_215_006;

type Row = { publicKey: string; sealed: Uint8Array };

const PUSH_KEY_FIND = statement(
  'push_key_find',
  'SELECT public_key AS "publicKey", sealed_private_key AS sealed FROM notification.push_key',
);
const PUSH_KEY_PUT = statement(
  'push_key_put',
  `INSERT INTO notification.push_key (public_key, sealed_private_key) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, sealed_private_key = excluded.sealed_private_key,
         created_at = now()`,
);

/** VAPID keys (RFC 8292) in Postgres, the private one sealed with the platform's secret. */
export function createPushKeyService(deps: { pool: pg.Pool; secret: string; log: Log }): PushKeyService {
  const { pool, secret, log } = deps;
  let current: Promise<PushKeys> | undefined;

  const find = async (executor: pg.Pool | pg.PoolClient): Promise<{ row: Row | null; keys: PushKeys | null }> => {
    const [row] = await query(executor, PUSH_KEY_FIND, []);
    const privateKey = row ? unseal(row.sealed, secret, PURPOSE) : null;
    return { row: row ?? null, keys: row && privateKey ? { publicKey: row.publicKey, privateKey } : null };
  };

  const create = (): Promise<PushKeys> =>
    transaction(pool, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const { row, keys } = await find(tx);
      if (keys) return keys;
      const created = webPush.generateVAPIDKeys();
      if (row) {
        log.warn('The push keys cannot be decrypted with this secret. Clients have to subscribe again.');
        // Push services reject messages to these subscriptions that are signed with other keys.
        await deleteAllSubscriptions(tx);
      }
      await query(tx, PUSH_KEY_PUT, [created.publicKey, seal(created.privateKey, secret, PURPOSE)]);
      return created;
    });

  return {
    current() {
      current ??= find(pool)
        .then(({ keys }) => keys ?? create())
        .catch((error: unknown) => {
          current = undefined;
          throw error;
        });
      return current;
    },
  };
}
