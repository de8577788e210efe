import { transaction } from '@tintype/postgres';
import type { PrismaClient } from '@tintype/prisma';
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
import { ACCESS_TOKEN_S, ID_TOKEN_S } from './token.rules.ts';

/** `jwk`: the private key, for what signs with keys of this form only. */
export type SigningKey = { kid: string; key: CryptoKey; jwk: JWK };

export type SigningKeyService = {
  /** The current signing key. Creates one if there is none that this secret opens. */
  current(): Promise<SigningKey>;
  /** The public keys of all tokens that may still be valid. */
  publicKeys(): Promise<JSONWebKeySet>;
  /** Signs with a new key from now on. Tokens of the previous one stay valid until they expire. */
  rotate(): Promise<SigningKey>;
};

/** An arbitrary number for a lock. If several processes find no key at the same time, only one creates it. */
const LOCK = 7_215_002;
/** The domain of the seal. */
const PURPOSE = 'tintype user signing keys v1';
/** Another process may have rotated the keys, so cached keys are read again after this long. */
const KEPT_MS = 60_000;

/** Ed25519 keys in Postgres. The private keys are sealed with the platform's secret. */
export function createSigningKeyService(deps: {
  pool: pg.Pool;
  prisma: PrismaClient;
  secret: string;
  log: Log;
}): SigningKeyService {
  const { pool, prisma, secret, log } = deps;
  let kept: { key: SigningKey; until: number } | undefined;

  const find = async (): Promise<SigningKey | null> => {
    const rows = await prisma.signingKey.findMany({ where: { retiredAt: null }, orderBy: { createdAt: 'desc' } });
    for (const row of rows) {
      const unsealed = unseal(row.sealedPrivateJwk, secret, PURPOSE);
      if (!unsealed) continue;
      const jwk = JSON.parse(unsealed) as JWK;
      return { kid: row.kid, key: (await importJWK(jwk, 'EdDSA')) as CryptoKey, jwk: signing(jwk, row.kid) };
    }
    if (rows.length > 0)
      log.warn({ keys: rows.length }, 'No signing key can be decrypted with this secret. A new one is created.');
    return null;
  };

  const make = async (): Promise<SigningKey> => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const published = signing(publicJwk, kid);
    await prisma.signingKey.updateMany({ where: { retiredAt: null }, data: { retiredAt: new Date() } });
    const privateJwk = await exportJWK(privateKey);
    const sealedPrivateJwk = new Uint8Array(seal(JSON.stringify(privateJwk), secret, PURPOSE));
    await prisma.signingKey.create({ data: { kid, publicJwk: published as object, sealedPrivateJwk } });
    return { kid, key: privateKey, jwk: signing(privateJwk, kid) };
  };

  const remember = (key: SigningKey): SigningKey => {
    kept = { key, until: Date.now() + KEPT_MS };
    return key;
  };

  const locked = (work: () => Promise<SigningKey>) =>
    transaction(pool, async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      return remember(await work());
    });

  return {
    async current() {
      if (kept && Date.now() < kept.until) return kept.key;
      const found = await find();
      return found ? remember(found) : locked(async () => (await find()) ?? (await make()));
    },
    async publicKeys() {
      await this.current();
      const retiredAfter = new Date(Date.now() - 2 * Math.max(ACCESS_TOKEN_S, ID_TOKEN_S) * 1000);
      const rows = await prisma.signingKey.findMany({
        where: { OR: [{ retiredAt: null }, { retiredAt: { gt: retiredAfter } }] },
        orderBy: { createdAt: 'desc' },
        select: { publicJwk: true },
      });
      return { keys: rows.map((row) => row.publicJwk as JWK) };
    },
    rotate: () => locked(make),
  };
}

function signing(jwk: JWK, kid: string): JWK {
  return { ...jwk, kid, alg: 'EdDSA', use: 'sig' };
}
