import { type Executor, query } from '@tintype/postgres';
import type { JWK } from 'jose';

export type NewSigningKey = { kid: string; publicJwk: JWK; sealedPrivateJwk: Uint8Array };

/** Keys that sign, the newest first. */
export async function listSigningKeys(executor: Executor): Promise<Pick<NewSigningKey, 'kid' | 'sealedPrivateJwk'>[]> {
  return query(
    executor,
    'signing_key_list',
    `SELECT kid, sealed_private_jwk AS "sealedPrivateJwk" FROM "user".signing_key WHERE retired_at IS NULL
     ORDER BY created_at DESC`,
    [],
  );
}

/** Of keys that sign, and of those that did so after `retiredAfter`, the newest first. */
export async function listPublicKeys(executor: Executor, retiredAfter: Date): Promise<JWK[]> {
  const rows = await query<{ publicJwk: JWK }>(
    executor,
    'signing_key_list_public',
    `SELECT public_jwk AS "publicJwk" FROM "user".signing_key WHERE retired_at IS NULL OR retired_at > $1::timestamptz
     ORDER BY created_at DESC`,
    [retiredAfter],
  );
  return rows.map(({ publicJwk }) => publicJwk);
}

/** The new key signs from now on, and no other one. */
export async function replaceSigningKey(executor: Executor, key: NewSigningKey): Promise<void> {
  await query(
    executor,
    'signing_key_retire',
    `UPDATE "user".signing_key SET retired_at = now() WHERE retired_at IS NULL`,
    [],
  );
  await query(
    executor,
    'signing_key_insert',
    `INSERT INTO "user".signing_key (kid, public_jwk, sealed_private_jwk) VALUES ($1, $2::jsonb, $3::bytea)`,
    [key.kid, JSON.stringify(key.publicJwk), key.sealedPrivateJwk],
  );
}
