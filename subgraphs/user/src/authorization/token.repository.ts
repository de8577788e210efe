import { type Executor, query, statement } from '@tintype/postgres';
import { mayAct } from '#app/app.repository.ts';

/** What `oidc-provider` keeps with a code or token. */
export type TokenPayload = Record<string, unknown>;

export type NewToken = { hash: Uint8Array; kind: string; grantId: bigint; payload: TokenPayload; expiresAt: Date };

/**
 * How many tokens of each kind a grant keeps, so that an app that refreshes without end does not make a grant too large
 * to be ended at once. If a refresh token is older than that, its use is refused, but does not end the grant.
 */
const KEPT_TOKENS = 100;

const TOKEN_INSERT = statement(
  'token_insert',
  `WITH used AS (UPDATE "user".app_grant SET last_used_at = now() WHERE id = $3 RETURNING id),
   old AS (DELETE FROM "user".app_token WHERE hash IN (
     SELECT hash FROM "user".app_token WHERE grant_id = $3 AND kind = $2
     ORDER BY consumed_at DESC NULLS FIRST, (payload->>'iat')::bigint DESC OFFSET ${KEPT_TOKENS - 1}))
   INSERT INTO "user".app_token (hash, kind, grant_id, payload, expires_at)
   SELECT $1::bytea, $2, id, $4::jsonb, $5::timestamptz FROM used RETURNING 1`,
);

/** @returns whether its grant is there */
export async function insertToken(executor: Executor, token: NewToken): Promise<boolean> {
  const { hash, kind, grantId, payload, expiresAt } = token;
  return (await query(executor, TOKEN_INSERT, [hash, kind, grantId, JSON.stringify(payload), expiresAt])).length > 0;
}

const TOKEN_FIND = statement(
  'token_find',
  `SELECT payload, consumed_at AS "consumedAt" FROM "user".app_token WHERE hash = $1 AND kind = $2`,
).narrow<{ payload: TokenPayload }>();

export async function findToken(
  executor: Executor,
  hash: Uint8Array,
  kind: string,
): Promise<{ payload: TokenPayload; consumedAt: Date | null } | null> {
  return (await query(executor, TOKEN_FIND, [hash, kind]))[0] ?? null;
}

const TOKEN_CONSUME = statement(
  'token_consume',
  'UPDATE "user".app_token SET consumed_at = now() WHERE hash = $1 AND consumed_at IS NULL RETURNING 1',
);

/** Uses a code or refresh token up. @returns false if it was used before */
export async function consumeToken(executor: Executor, hash: Uint8Array): Promise<boolean> {
  return (await query(executor, TOKEN_CONSUME, [hash])).length > 0;
}

const TOKEN_DELETE = statement('token_delete', 'DELETE FROM "user".app_token WHERE hash = $1');

export async function deleteToken(executor: Executor, hash: Uint8Array): Promise<void> {
  await query(executor, TOKEN_DELETE, [hash]);
}

/** What an access token stands for. */
export type AccessModel = { userId: bigint; grantId: bigint; scope: string; expiresAt: Date };

const ACCESS_FIND = statement(
  'access_find',
  `SELECT g.user_id AS "userId", g.id AS "grantId", t.payload->>'scope' AS "scope!", t.expires_at AS "expiresAt"
   FROM "user".app_token t JOIN "user".app_grant g ON g.id = t.grant_id JOIN "user".account a ON a.id = g.user_id
     JOIN "user".app p ON p.id = g.app_id
   WHERE t.hash = $1 AND t.kind = 'AccessToken' AND t.expires_at > now() AND g.expires_at > now()
     AND a.state = 'ACTIVE' AND ${mayAct('p.owner_id')}`,
);

/** Only of an active account, and of an app that may act. */
export async function findAccess(executor: Executor, hash: Uint8Array): Promise<AccessModel | null> {
  return (await query(executor, ACCESS_FIND, [hash]))[0] ?? null;
}

const TOKENS_EXPIRED = statement(
  'tokens_expired',
  `DELETE FROM "user".app_token WHERE hash IN (
     SELECT hash FROM "user".app_token WHERE expires_at < now() ORDER BY expires_at LIMIT $1) RETURNING 1`,
);

/** @returns how many were removed */
export async function deleteExpiredTokens(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, TOKENS_EXPIRED, [limit])).length;
}
