import { type Executor, transaction } from '@tintype/postgres';
import { seal, unseal } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import type pg from 'pg';
import { listPublicKeys, listSigningKeys, replaceSigningKey } from './signing-key.repository.ts';
import { ACCESS_TOKEN_S } from './token.rules.ts';

export type SigningKey = { kid: string; key: CryptoKey };

export type SigningKeyService = {
  /** The key that signs now; made where there is none that this secret opens. */
  current(): Promise<SigningKey>;
  /** Public keys of every token that may still be in its time. */
  publicKeys(): Promise<JSONWebKeySet>;
  /** Signs with a new key from now on; tokens of the one before stay valid until they end. */
  rotate(): Promise<SigningKey>;
};

/** Any number: processes that find no key at the same time make one, not several. */
const LOCK = 7_215_002;
/** Of what is sealed. */
const PURPOSE = 'tintype user signing keys v1';
/** Another process may have rotated: what is kept here is looked at again after this long. */
const KEPT_MS = 60_000;

/** Ed25519 keys in Postgres, the private halves sealed with the platform's secret. */
export function createSigningKeyService(deps: { pool: pg.Pool; secret: string; log: Log }): SigningKeyService {
  const { pool, secret, log } = deps;
  let kept: { key: SigningKey; until: number } | undefined;

  const find = async (executor: Executor): Promise<SigningKey | null> => {
    const rows = await listSigningKeys(executor);
    for (const row of rows) {
      const jwk = unseal(row.sealedPrivateJwk, secret, PURPOSE);
      if (jwk) return { kid: row.kid, key: (await importJWK(JSON.parse(jwk) as JWK, 'EdDSA')) as CryptoKey };
    }
    if (rows.length > 0) log.warn({ keys: rows.length }, 'no signing key opens with this secret: making a new one');
    return null;
  };

  const make = async (executor: Executor): Promise<SigningKey> => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const published = { ...publicJwk, kid, alg: 'EdDSA', use: 'sig' };
    const sealedPrivateJwk = seal(JSON.stringify(await exportJWK(privateKey)), secret, PURPOSE);
    await replaceSigningKey(executor, { kid, publicJwk: published, sealedPrivateJwk });
    return { kid, key: privateKey };
  };

  const remember = (key: SigningKey): SigningKey => {
    kept = { key, until: Date.now() + KEPT_MS };
    return key;
  };

  const locked = async (work: (tx: Executor) => Promise<SigningKey>) =>
    remember(
      await transaction(pool, async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
        return work(tx);
      }),
    );

  return {
    async current() {
      if (kept && Date.now() < kept.until) return kept.key;
      const found = await find(pool);
      return found ? remember(found) : locked(async (tx) => (await find(tx)) ?? (await make(tx)));
    },
    async publicKeys() {
      await this.current();
      const retiredAfter = new Date(Date.now() - 2 * ACCESS_TOKEN_S * 1000);
      return { keys: await listPublicKeys(pool, retiredAfter) };
    },
    rotate: () => locked(make),
  };
}
