import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@tintype/telemetry';
import { createLocalJWKSet, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { GatewayError } from '#errors/errors.ts';

export type KeySet = {
  /** The public keys that the user subgraph returned last. @throws GatewayError UNAVAILABLE */
  current(): Promise<JSONWebKeySet>;
  /**
   * How long a start waits for the keys before the first token arrives. Visitors need none, so after that the gateway
   * serves without them.
   */
  warm(patienceMs: number): Promise<void>;
  /** The key of a token, in the form that jose needs. */
  verificationKey(
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
  ): ReturnType<ReturnType<typeof createLocalJWKSet>>;
};

/** A new key is loaded with its first token. A withdrawn key is dropped after this long. */
const MAX_AGE_MS = 300_000;
/** Limits the requests that tokens with made-up key ids cause. */
const MIN_REFRESH_MS = 10_000;
const WARM_PAUSE_MS = 250;

/** Caches the key set. If a refresh fails, the old keys stay valid. */
export function createKeySet(options: {
  fetchJwks: () => Promise<JSONWebKeySet>;
  log: Log;
  now?: () => number;
}): KeySet {
  const { fetchJwks, log, now = Date.now } = options;
  let keys: { jwks: JSONWebKeySet; resolve: ReturnType<typeof createLocalJWKSet> } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const refresh = () => {
    askedAt = now();
    asking ??= fetchJwks()
      .then((jwks) => {
        keys = { jwks, resolve: createLocalJWKSet(jwks) };
      })
      .catch((error) => log.warn({ error }, 'The key set could not be fetched.'))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const load = async () => {
    if (!keys) await refresh();
    else if (now() - askedAt > MAX_AGE_MS) void refresh();
    if (!keys) throw new GatewayError('UNAVAILABLE', 'Tokens cannot be checked at the moment.');
    return keys;
  };
  const knows = (kid: string | undefined) => keys?.jwks.keys.some((key) => key.kid === kid) ?? false;

  return {
    async warm(patienceMs) {
      for (const until = now() + patienceMs; !keys && now() < until; ) {
        await refresh();
        if (!keys) await sleep(WARM_PAUSE_MS);
      }
    },
    current: async () => (await load()).jwks,
    async verificationKey(header, token) {
      await load();
      if (!knows(header.kid) && (asking || now() - askedAt >= MIN_REFRESH_MS)) await refresh();
      return (await load()).resolve(header, token);
    },
  };
}
