import { randomBytes } from 'node:crypto';
import { createOutbox } from '@tintype/events';
import { createEnvironment, type Environment } from '@tintype/testing';
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountPublisher } from '../src/account/account.publisher.ts';
import { insertAccount } from '../src/account/account.repository.ts';
import { deleteExpired } from '../src/session/session.repository.ts';
import { createSessionService, type SessionService } from '../src/session/session.service.ts';
import { createSessionStateStore } from '../src/session/session-state.store.ts';
import { createSigningKeyService, type SigningKeyService } from '../src/session/signing-key.service.ts';
import { ACCESS_TOKEN_S } from '../src/session/token.rules.ts';

const USER_ID = 1n;
const GRACE_MS = 10_000;

let environment: Environment;
let sessions: SessionService;
let keys: SigningKeyService;
let clock = Date.now();
beforeAll(async () => {
  environment = await createEnvironment();
  const { database, redis, ids, log } = environment;
  const { pool, prisma } = database;
  const secret = environment.config.secret;
  keys = createSigningKeyService({ pool, prisma, secret, log });
  const sessionState = createSessionStateStore({ redis, log });
  sessions = createSessionService({
    pool,
    ids,
    keys,
    publisher: createAccountPublisher(createOutbox({ owner: 'user', ids })),
    sessionState,
    secret,
    log,
    now: () => new Date(clock),
  });
  const account = { username: 'wanda', email: 'wanda@example.org', displayName: '', passwordHash: 'none' };
  await insertAccount(pool, USER_ID, account);
});
afterAll(() => environment.close());

/** The refresh tokens for a token that is sent several times at once; null for each refusal. */
async function refresh(token: string, times: number): Promise<(string | null)[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => sessions.refresh(token)));
  const jwks = createLocalJWKSet(await keys.publicKeys());
  for (const answer of answers) if (answer) await jwtVerify(answer.accessToken, jwks, { subject: String(USER_ID) });
  return answers.map((answer) => answer?.refreshToken ?? null);
}

const step = fc.oneof(
  // `back`: how many generations before the current token.
  { weight: 5, arbitrary: fc.record({ back: fc.constant(0), times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ back: fc.integer({ min: 1, max: 5 }), times: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ waitMs: fc.constantFrom(1, 4_000, GRACE_MS, GRACE_MS + 1, 3_600_000) }) },
);

test('a session repeats its answer within the grace period, and ends if an earlier token is used', async () => {
  const checked = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
    const opened = await sessions.open(USER_ID, '', { passwordHash: 'none', hasCode: false });
    const tokens = [opened!.refreshToken];
    let [rotatedAt, isLive] = [0, true];
    for (const one of steps) {
      if ('waitMs' in one) {
        clock += one.waitMs;
        continue;
      }
      const index = Math.max(0, tokens.length - 1 - one.back);
      const answers = await refresh(tokens[index]!, one.times);
      const isCurrent = index === tokens.length - 1;
      const isRepeat = index === tokens.length - 2 && clock - rotatedAt <= GRACE_MS;
      isLive &&= isCurrent || isRepeat;
      if (isLive && isCurrent) {
        expect(tokens).not.toContain(answers[0]);
        tokens.push(answers[0]!);
        rotatedAt = clock;
      }
      expect(answers).toEqual(Array(one.times).fill(isLive ? tokens.at(-1) : null));
    }
    expect(await refresh(tokens.at(-1)!, 1)).toEqual([isLive ? expect.any(String) : null]);
  });
  await fc.assert(checked, { numRuns: 40 });
});

test('forged tokens do not end a session', async () => {
  const { refreshToken } = (await sessions.open(USER_ID, '', { passwordHash: 'none', hasCode: false }))!;
  const other = randomBytes(32).toString('base64url');
  expect(await sessions.refresh(`${other}.${refreshToken.split('.')[1]}`)).toBeNull();
  expect(await sessions.refresh(other)).toBeNull();
  expect(await sessions.refresh('')).toBeNull();
  expect(await sessions.refresh(refreshToken)).not.toBeNull();
});

test('a session from before token families continues, and recognises its old token', async () => {
  const { pool } = environment.database;
  const { refreshToken } = (await sessions.open(USER_ID, '', { passwordHash: 'none', hasCode: false }))!;
  const old = randomBytes(32).toString('base64url');
  await pool.query(
    `UPDATE "user".session SET family_hash = NULL, refresh_hash = sha256($1::bytea)
     WHERE refresh_hash = sha256($2::bytea)`,
    [old, refreshToken],
  );
  const [second] = await refresh(old, 1);
  const [third] = await refresh(second!, 1);
  expect(await refresh(old, 1)).toEqual([null]);
  expect(await refresh(third!, 1)).toEqual([null]);
});

test('a session ends 60 days after its login, however often it is refreshed', async () => {
  const { pool } = environment.database;
  const { refreshToken } = (await sessions.open(USER_ID, '', { passwordHash: 'none', hasCode: false }))!;
  const [second] = await refresh(refreshToken, 1);
  const id = `SELECT id FROM "user".session WHERE previous_hash = sha256($1::bytea)`;
  const text = `SELECT extract(epoch FROM expires_at - now()) / 86400 AS days, id::text FROM "user".session WHERE id = (${id})`;
  const { rows } = await pool.query<{ days: string; id: string }>(text, [refreshToken]);
  expect(Number(rows[0]!.days)).toBeCloseTo(60, 1);
  await pool.query('UPDATE "user".session SET expires_at = now() WHERE id = $1', [rows[0]!.id]);
  expect(await refresh(second!, 1)).toEqual([null]);
});

test('only sessions whose last access token has expired are removed', async () => {
  const { pool } = environment.database;
  await pool.query('DELETE FROM "user".session');
  const ages = [-3600, -1, ACCESS_TOKEN_S - 60, ACCESS_TOKEN_S + 60, 86_400];
  for (const age of ages) {
    await sessions.open(USER_ID, '', { passwordHash: 'none', hasCode: false });
    const text = `UPDATE "user".session SET expires_at = now() - $1 * interval '1 second' WHERE expires_at > now() + interval '1 day'`;
    await pool.query(text, [age]);
  }
  expect(await deleteExpired(pool, 1)).toBe(1);
  expect(await deleteExpired(pool, 10)).toBe(1);
  expect((await pool.query('SELECT FROM "user".session')).rowCount).toBe(3);
});
