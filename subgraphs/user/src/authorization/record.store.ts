import { globalId, parseGlobalId, parseId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import type pg from 'pg';
import type { AppModel } from '#app/app.model.ts';
import { findClient } from '#app/app.repository.ts';
import { isNative } from '#app/app.rules.ts';
import { deleteGrant, findGrant } from '#app/grant.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { hashToken } from '#session/token-hash.rules.ts';
import { INTERACTION_S, interactionKey, sessionKey } from './authorization.keys.ts';
import { consumeToken, deleteToken, findToken, insertToken } from './token.repository.ts';

/** A store did not respond. Clients may try again (RFC 6749, section 4.1.2.1). */
export class TemporarilyUnavailable extends errors.OIDCProviderError {
  override name = 'TemporarilyUnavailable';

  constructor(options?: ErrorOptions) {
    super(503, 'temporarily_unavailable');
    this.expose = true;
    this.error_description = 'This is not available at the moment. Try again in a moment.';
    this.cause = options?.cause;
  }
}

/** What has to survive is in Postgres. What only one authorization needs is in Redis. */
const TOKENS: ReadonlySet<string> = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken']);
/** Parts of a session that would keep a person logged in. Every authorization asks for the password. */
const PERSONAL = ['accountId', 'loginTs', 'authorizations', 'acr', 'amr'] as const;

/**
 * Where `oidc-provider` keeps its records. Tokens are found by their hash only. A code or refresh token that is used
 * again ends its grant.
 */
export function createRecordStore(deps: {
  pool: pg.Pool;
  redis: RedisHandle;
  sessionState: SessionStateStore;
}): AdapterFactory {
  const { pool, redis, sessionState } = deps;
  const call = createRedisCaller();

  const endGrant = async (id: string): Promise<void> => {
    const grantId = parseId(id);
    if (grantId === null) return;
    const ended = await transaction(pool, async (tx) => sessionState.announceEnd(await deleteGrant(tx, grantId)));
    await sessionState.deny(ended);
  };

  const inRedis = (name: string): Adapter => {
    const keyOf = (id: string) => redis.key(name === 'Session' ? sessionKey(id) : interactionKey(id));
    return adapterOf({
      async upsert(id, payload) {
        const kept = Object.fromEntries(Object.entries(payload).filter(([key]) => !isPersonal(name, key)));
        await call(() => redis.client.set(keyOf(id), JSON.stringify(kept), { EX: INTERACTION_S }));
      },
      async find(id) {
        const text = await call(() => redis.client.get(keyOf(id)));
        return text === null ? undefined : (JSON.parse(text) as AdapterPayload);
      },
      async destroy(id) {
        await call(() => redis.client.del(keyOf(id)));
      },
    });
  };

  const tokens = (kind: string): Adapter =>
    adapterOf({
      async upsert(id, { jti: _, ...payload }) {
        const grantId = parseId(payload.grantId ?? '');
        const expiresAt = new Date((payload.exp ?? 0) * 1000);
        const token = { hash: hashToken(id), kind, payload, expiresAt };
        if (grantId === null || !(await insertToken(pool, { ...token, grantId }))) {
          throw new errors.InvalidGrant('grant not found');
        }
      },
      async find(id) {
        const found = await findToken(pool, hashToken(id), kind);
        if (!found) return undefined;
        const consumed = found.consumedAt ? Math.floor(found.consumedAt.getTime() / 1000) : undefined;
        return { ...found.payload, jti: id, consumed };
      },
      async consume(id) {
        const hash = hashToken(id);
        if (await consumeToken(pool, hash)) return;
        // Another request used it just now, so two parties have it.
        const found = await findToken(pool, hash, kind);
        if (typeof found?.payload.grantId === 'string') await endGrant(found.payload.grantId);
        throw new errors.InvalidGrant('token already used');
      },
      destroy: (id) => deleteToken(pool, hashToken(id)),
      revokeByGrantId: endGrant,
    });

  const grants = (): Adapter =>
    adapterOf({
      async find(id) {
        const grantId = parseId(id);
        const grant = grantId === null ? null : await findGrant(pool, grantId);
        if (!grant) return undefined;
        return {
          jti: id,
          kind: 'Grant',
          accountId: globalId('User', grant.userId),
          clientId: globalId('App', grant.appId),
          openid: { scope: grant.scopes.join(' ') },
          iat: Math.floor(grant.createdAt.getTime() / 1000),
          exp: Math.floor(grant.expiresAt.getTime() / 1000),
        };
      },
      destroy: endGrant,
    });

  const clients = (): Adapter =>
    adapterOf({
      async find(id) {
        const appId = parseGlobalId('App', id);
        const app = appId === null ? null : await findClient(pool, appId);
        return app ? clientOf(app) : undefined;
      },
    });

  return (name) => {
    if (TOKENS.has(name)) return tokens(name);
    if (name === 'Grant') return grants();
    return name === 'Client' ? clients() : inRedis(name);
  };
}

/** The metadata of an app as a client (RFC 7591). */
function clientOf(app: AppModel): AdapterPayload {
  const { id, name, website, redirectUris, secretHash } = app;
  return {
    client_id: globalId('App', id),
    client_name: name,
    client_uri: website,
    redirect_uris: redirectUris,
    application_type: isNative(app) ? 'native' : 'web',
    token_endpoint_auth_method: secretHash ? 'client_secret_basic' : 'none',
    ...(secretHash && { client_secret: Buffer.from(secretHash).toString('base64url') }),
  };
}

function isPersonal(name: string, key: string): boolean {
  return name === 'Session' && PERSONAL.some((one) => one === key);
}

/** An adapter with these methods. `oidc-provider` needs no others for what is turned on. */
function adapterOf(methods: Partial<Adapter>): Adapter {
  const unused = async (): Promise<undefined> => {
    throw new Error('this record cannot be stored or found like this');
  };
  const all: Adapter = {
    upsert: unused,
    find: unused,
    findByUid: unused,
    findByUserCode: unused,
    consume: unused,
    destroy: unused,
    revokeByGrantId: unused,
    ...methods,
  };
  return {
    upsert: (...args) => orUnavailable(all.upsert(...args)),
    find: (...args) => orUnavailable(all.find(...args)),
    findByUid: (...args) => orUnavailable(all.findByUid(...args)),
    findByUserCode: (...args) => orUnavailable(all.findByUserCode(...args)),
    consume: (...args) => orUnavailable(all.consume(...args)),
    destroy: (...args) => orUnavailable(all.destroy(...args)),
    revokeByGrantId: (...args) => orUnavailable(all.revokeByGrantId(...args)),
  };
}

/** @throws TemporarilyUnavailable instead of the error of a store that does not respond */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw cause instanceof StoreError || isOutage(cause) ? new TemporarilyUnavailable({ cause }) : cause;
  }
}
