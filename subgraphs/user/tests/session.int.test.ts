import { createHash } from 'node:crypto';
import { requireGlobalId } from '@tintype/graphql';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { liveSessionKey, revokedSessionKey } from '@tintype/viewer';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const PAYLOAD = '{ user { id username } accessToken expiresAt refreshToken errors { code message path } }';
const REGISTER = `mutation ($input: CreateAccountInput!) { createAccount(input: $input) ${PAYLOAD} }`;
const LOG_IN = `mutation ($input: LogInInput!) { logIn(input: $input) ${PAYLOAD} }`;
const REFRESH = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) ${PAYLOAD} }`;
const PASSWORD = 'a long enough phrase';

type Payload = {
  user: { id: string; username: string } | null;
  accessToken: string;
  refreshToken: string;
  errors: { code: string; path: string[] }[];
};

let environment: Environment;
let graph: TestSubgraphs;
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { ...createFakeSocialGraph().wires, user: wireUser });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function register(username: string, more: object = {}): Promise<Payload> {
  const input = { username, email: `${username}@example.org`, password: PASSWORD, ...more };
  return (await graph.ask<{ createAccount: Payload }>('user', null, REGISTER, { input })).createAccount;
}
async function logIn(identifier: string, password = PASSWORD): Promise<Payload> {
  return (await graph.ask<{ logIn: Payload }>('user', null, LOG_IN, { input: { identifier, password } })).logIn;
}
async function refresh(refreshToken: string): Promise<Payload> {
  return (await graph.ask<{ refreshSession: Payload }>('user', null, REFRESH, { input: { refreshToken } }))
    .refreshSession;
}
/** Every column of every row of the subgraph. Bytes are in hexadecimal. */
async function stored(): Promise<string> {
  const { pool } = environment.database;
  const tables = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'user'`,
  );
  const texts = tables.rows.map(async ({ name }) => {
    const { rows } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM "user".${name} t`);
    return rows.map(({ text }) => text).join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}
/** Moves a rotation further into the past than the grace period for lost responses. */
async function passGrace(): Promise<void> {
  await environment.database.pool.query(`UPDATE "user".session SET rotated_at = rotated_at - interval '1 minute'`);
}

describe('registration', () => {
  test('creates an account, a session and an event in one transaction', async () => {
    const { user, accessToken, errors } = await register('Wanda');
    expect(errors).toEqual([]);
    const { jwks } = await graph.askAs<{ jwks: string }>('gateway', 'user', null, '{ jwks }');
    const verified = await jwtVerify(accessToken, createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet), {
      issuer: 'tintype',
      audience: 'tintype',
    });
    const subject = String(requireGlobalId('User', user!.id));
    expect(verified.payload.sub).toBe(subject);
    expect(jwks).not.toContain('"d"');
    const events = await environment.database.prisma.userOutbox.findMany({ where: { subject } });
    expect(events.map((row) => row.type)).toEqual(['tintype.user.account.registered.v1']);
  });

  test('reports all errors of an input together', async () => {
    const { errors } = await register('not a name', {
      email: 'nowhere',
      password: 'short',
      displayName: 'x'.repeat(51),
    });
    expect(errors.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['USERNAME_INVALID', 'input.username'],
      ['EMAIL_INVALID', 'input.email'],
      ['PASSWORD_WEAK', 'input.password'],
      ['TEXT_TOO_LONG', 'input.displayName'],
    ]);
  });

  test('gives a username to one of many simultaneous requests', async () => {
    const payloads = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        register(index % 2 ? 'rush' : 'RUSH', { email: `rush${index}@example.org` }),
      ),
    );
    expect(payloads.filter((payload) => payload.user)).toHaveLength(1);
    expect(payloads.flatMap((payload) => payload.errors.map((error) => error.code))).toEqual(
      Array(7).fill('USERNAME_TAKEN'),
    );
    expect((await register('other', { email: 'WANDA@example.org' })).errors[0]?.code).toBe('EMAIL_TAKEN');
  });

  test('stores no password', async () => {
    await register('secretive');
    const { rows } = await environment.database.pool.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM "user".credential',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { hash } of rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await stored()).not.toContain(PASSWORD);
  });
});

describe('sessions', () => {
  test('open with the username or e-mail address in upper or lower case only', async () => {
    await register('lena');
    expect((await logIn('LENA')).user?.username).toBe('lena');
    expect((await logIn('Lena@Example.org')).user?.username).toBe('lena');
    for (const attempt of [logIn('lena', 'another phrase'), logIn('nobody.here'), logIn(''), logIn('le\0na')]) {
      expect(await attempt).toMatchObject({ user: null, accessToken: null, errors: [{ code: 'CREDENTIALS_WRONG' }] });
    }
  });

  test('rotate their refresh token, and repeat an answer that the client lost', async () => {
    const first = await register('rota');
    const second = await refresh(first.refreshToken);
    expect(second.errors).toEqual([]);
    expect((await refresh(first.refreshToken)).refreshToken).toBe(second.refreshToken);
    expect((await refresh(second.refreshToken)).errors).toEqual([]);
  });

  test('end if an old refresh token is used again', async () => {
    const first = await register('stolen');
    const second = await refresh(first.refreshToken);
    await passGrace();
    const third = await refresh(second.refreshToken);
    await passGrace();
    expect((await refresh(first.refreshToken)).errors[0]?.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await refresh(third.refreshToken)).errors[0]?.code).toBe('REFRESH_TOKEN_INVALID');
    const sessionId = String(decodeJwt(third.accessToken).sid);
    const { redis } = environment;
    const marks = [revokedSessionKey, liveSessionKey].map((keyOf) => redis.client.get(redis.key(keyOf(sessionId))));
    // If Redis loses the mark, the gateway asks.
    expect(await Promise.all(marks)).toEqual(['1', null]);
  });

  test('give the same token to simultaneous refreshes', async () => {
    const { refreshToken } = await register('many');
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect((await refresh(answers[0]!.refreshToken)).errors).toEqual([]);
  });

  test('end once, on log-out', async () => {
    const { user, accessToken, refreshToken } = await register('leaver');
    const identity = {
      kind: 'person',
      viewer: { userId: requireGlobalId('User', user!.id), sessionId: String(decodeJwt(accessToken).sid) },
      requestId: 'r',
      operation: 'mutation',
    } as const;
    const logOut = () => graph.client.execute('user', { query: 'mutation { logOut { loggedOut } }', identity });
    expect(await logOut()).toEqual({ data: { logOut: { loggedOut: true } } });
    expect(await logOut()).toEqual({ data: { logOut: { loggedOut: false } } });
    expect((await refresh(refreshToken)).errors[0]?.code).toBe('REFRESH_TOKEN_INVALID');
  });

  test('store no refresh token in plain text', async () => {
    const first = await register('hashed');
    const second = await refresh(first.refreshToken);
    const text = await stored();
    for (const { refreshToken } of [first, second]) {
      const hash = createHash('sha256').update(refreshToken).digest('hex');
      expect(text).toContain(hash);
      for (const part of [refreshToken, ...refreshToken.split('.')]) {
        expect(text).not.toContain(part);
        expect(text).not.toContain(Buffer.from(part).toString('hex'));
        expect(text).not.toContain(Buffer.from(part, 'base64url').toString('hex'));
      }
    }
  });
});
