import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@tintype/telemetry';
import { createLocalJWKSet, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { GatewayError } from '#errors/errors.ts';

export type KeySet = {
  /** The public keys, as the user subgraph last gave them. @throws GatewayError UNAVAILABLE */
  current(): Promise<JSONWebKeySet>;
  /** Tries for so long to have the keys before the first token comes. Visitors need none, so it goes on without them. */
  warm(patienceMs: number): Promise<void>;
  /** Key of a token, in the form that jose asks for. */
  keyOf(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<ReturnType<typeof createLocalJWKSet>>;
};

/** A key that is rotated in is seen at its first token; one that is withdrawn, after this long. */
const MAX_AGE_MS = 300_000;
/** Tokens with made-up key ids must not make the gateway ask again and again. */
const MIN_REFRESH_MS = 10_000;
const WARM_PAUSE_MS = 250;

/** Keeps the key set; where a refresh fails the old keys go on being right. */
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
      .catch((error) => log.warn({ error }, 'the key set could not be fetched'))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const load = async () => {
    if (!keys) await refresh();
    else if (now() - askedAt > MAX_AGE_MS) void refresh();
    if (!keys) throw new GatewayError('UNAVAILABLE', 'Tokens cannot be checked at the moment.', { 'retry-after': '1' });
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
    async keyOf(header, token) {
      await load();
      if (!knows(header.kid) && (asking || now() - askedAt >= MIN_REFRESH_MS)) await refresh();
      return (await load()).resolve(header, token);
    },
  };
}
