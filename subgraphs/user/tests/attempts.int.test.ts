import { dataOf, requireGlobalId } from '@tintype/graphql';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { subjectOf, type Viewer } from '@tintype/viewer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteStale } from '../src/attempt/attempt.repository.ts';
import { MAX_KNOWN, PAUSES_S } from '../src/attempt/attempt.rules.ts';
import { wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const PASSWORD = 'a long enough phrase';
const HOME = '198.51.100.1';

let environment: Environment;
let graph: TestSubgraphs;
let owner: Viewer;
let username: string;
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { ...createFakeSocialGraph().wires, user: wireUser });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function ask<Data>(query: string, input: object, network?: string, viewer: Viewer | null = null): Promise<Data> {
  const identity = { ...subjectOf(viewer), requestId: crypto.randomUUID(), operation: 'mutation', network } as const;
  return dataOf<Data>('user', await graph.client.execute('user', { query, variables: { input }, identity }));
}

/** The code of the error, or null. */
async function logIn(identifier: string, password: string, network?: string): Promise<string | null> {
  const query = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken errors { code message } } }';
  type Data = { logIn: { accessToken: string | null; errors: { code: string; message: string }[] } };
  const answer = (await ask<Data>(query, { identifier, password }, network)).logIn;
  expect(answer.accessToken === null).toBe(answer.errors.length > 0);
  return answer.errors[0]?.code ?? null;
}

/** Tries to close the account of `owner` with a wrong password. The returned function has the code of the error. */
const closing = (network: string) => async (name: 'deactivateAccount' | 'deleteAccount') => {
  const type = name === 'deleteAccount' ? 'DeleteAccountInput' : 'DeactivateAccountInput';
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { errors { code } } }`;
  type Data = Record<string, { errors: { code: string }[] }>;
  const answer = await ask<Data>(query, { password: 'wrong' }, network, owner);
  return answer[name]!.errors[0]!.code;
};

/** The codes of logins from a number of networks, several at a time. */
async function logInFrom(networks: number, identifier: string, password: string): Promise<(string | null)[]> {
  const codes: (string | null)[] = [];
  for (let from = 0; from < networks; from += 4) {
    const batch = Array.from({ length: 4 }, (_, index) => logIn(identifier, password, `203.0.113.${from + index}`));
    codes.push(...(await Promise.all(batch)));
  }
  return codes;
}

/** How many passwords may be tried in a period that began at this time. */
function triesSince(startMs: number): number {
  let elapsed = (Date.now() - startMs) / 1000;
  let tries = 0;
  while (elapsed >= 0) elapsed -= PAUSES_S[Math.min(tries++, PAUSES_S.length - 1)]!;
  return tries;
}

const count = (codes: (string | null)[], code: string) => codes.filter((one) => one === code).length;

/** Moves all attempts into the past. */
async function pass(seconds: number): Promise<void> {
  const text = `UPDATE "user".password_attempt SET free_at = free_at - $1 * interval '1 second'`;
  await environment.database.pool.query(text, [seconds]);
}

/** Makes the pause after the next wrong password long. */
async function addTries(): Promise<void> {
  await environment.database.pool.query('UPDATE "user".password_attempt SET tries = $1', [PAUSES_S.length]);
}

let people = 0;
beforeEach(async () => {
  username = `person${people++}`;
  const query = 'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { user { id } } }';
  const input = { username, email: `${username}@example.org`, password: PASSWORD };
  const { createAccount } = await ask<{ createAccount: { user: { id: string } } }>(query, input, HOME);
  owner = { userId: requireGlobalId('User', createAccount.user.id), sessionId: '1' };
});

test.each([
  ['an account', () => username],
  ['an address of an account', () => `${username}@example.org`],
  ['a name that no account has', () => 'nobody.has.this'],
])('only a few of 60 passwords from 60 networks are tried for %s', async (_, identifier) => {
  const startMs = Date.now();
  const codes = await logInFrom(60, identifier(), 'not this phrase');
  const tried = count(codes, 'CREDENTIALS_WRONG');
  expect(tried).toBeGreaterThanOrEqual(5);
  expect(tried).toBeLessThanOrEqual(triesSince(startMs));
  expect(count(codes, 'TOO_MANY_ATTEMPTS')).toBe(60 - tried);
});

test('after a pause, one of many simultaneous passwords is tried', async () => {
  await logIn(username, 'wrong', '203.0.113.1');
  await addTries();
  expect(count(await logInFrom(12, username, 'wrong'), 'CREDENTIALS_WRONG')).toBe(1);
});

test('attempts to close an account are counted together', async () => {
  const close = closing('9.9.9.9');
  expect(await close('deactivateAccount')).toBe('PASSWORD_WRONG');
  expect(await close('deleteAccount')).toBe('PASSWORD_WRONG');
  await addTries();
  expect(await close('deactivateAccount')).toBe('PASSWORD_WRONG');
  expect(await close('deleteAccount')).toBe('TOO_MANY_ATTEMPTS');
});

test('attempts with a username do not show which address it has, nor those with an address which username', async () => {
  const email = `${username}@example.org`;
  const ways: Record<string, () => Promise<string | null>> = {
    username: () => logIn(username.toUpperCase(), 'wrong', '203.0.113.1'),
    email: () => logIn(`${username}@EXAMPLE.org`, 'wrong', '203.0.113.2'),
    session: () => closing('9.9.9.9')('deactivateAccount'),
  };
  for (const [used, attempt] of Object.entries(ways)) {
    await environment.database.pool.query('DELETE FROM "user".password_attempt');
    await attempt();
    await addTries();
    await attempt();
    expect(await attempt()).toBe('TOO_MANY_ATTEMPTS');
    for (const [other, same] of Object.entries(ways)) {
      if (other !== used) expect(await same()).toMatch(/WRONG/);
    }
    expect(await attempt()).toBe('TOO_MANY_ATTEMPTS');
  }
  // The right password frees only the attempts of its own kind.
  await environment.database.pool.query('DELETE FROM "user".password_attempt');
  await logIn(email, 'wrong', '203.0.113.3');
  await addTries();
  await logIn(email, 'wrong', '203.0.113.3');
  expect(await logIn(username, PASSWORD, '203.0.113.4')).toBeNull();
  expect(await logIn(email, PASSWORD, '203.0.113.5')).toBe('TOO_MANY_ATTEMPTS');
  // A network from which the owner has logged in is known for all kinds.
  for (const name of [username, email]) expect(await logIn(name, PASSWORD, HOME)).toBeNull();
});

test('pauses grow up to a maximum, and never lock the owner out on a known network', async () => {
  for (const seconds of [...PAUSES_S, PAUSES_S.at(-1)!]) {
    const startMs = Date.now();
    expect(await logIn(username, 'wrong', '203.0.113.7')).toBe('CREDENTIALS_WRONG');
    const { rows } = await environment.database.pool.query<{ freeAt: Date }>(
      'SELECT free_at AS "freeAt" FROM "user".password_attempt WHERE user_id = $1',
      [owner.userId],
    );
    const freeMs = rows[0]!.freeAt.getTime() - seconds * 1000;
    expect(freeMs).toBeGreaterThanOrEqual(startMs);
    expect(freeMs).toBeLessThanOrEqual(Date.now());
    if (seconds < 60) {
      await pass(seconds);
      continue;
    }
    expect(await logIn(username, PASSWORD, '203.0.113.8')).toBe('TOO_MANY_ATTEMPTS');
    expect(await logIn(username, PASSWORD, HOME)).toBeNull();
    await pass(seconds);
  }
  expect(await logIn(username, PASSWORD, '203.0.113.8')).toBeNull();
});

test('a right password resets the count', async () => {
  await logIn(username, 'wrong', '203.0.113.1');
  await addTries();
  expect(await logIn(username, PASSWORD, '203.0.113.2')).toBeNull();
  for (let tries = 0; tries < 4; tries++) expect(await logIn(username, 'wrong', '192.0.2.9')).toBe('CREDENTIALS_WRONG');
  expect(await logIn(username, PASSWORD, '192.0.2.10')).toBeNull();
});

test('a known network has its own count, which is also limited', async () => {
  await logIn(username, 'wrong', HOME);
  await addTries();
  const codes = await Promise.all(Array.from({ length: 6 }, () => logIn(username, 'wrong', HOME)));
  expect(count(codes, 'CREDENTIALS_WRONG')).toBe(1);
  expect(await logIn(username, PASSWORD, HOME)).toBe('TOO_MANY_ATTEMPTS');
  expect(await logIn(username, PASSWORD, '203.0.113.9')).toBeNull();
});

test('only the newest networks of an account are known', async () => {
  for (let index = 0; index <= MAX_KNOWN; index++) await logIn(username, PASSWORD, `192.0.2.${index}`);
  const text = 'SELECT count(*)::int FROM "user".known_network WHERE user_id = $1';
  expect((await environment.database.pool.query(text, [owner.userId])).rows).toEqual([{ count: MAX_KNOWN }]);
});

test('removes attempts that no longer count, and those of deleted accounts', async () => {
  const { pool } = environment.database;
  await logIn(username, 'wrong', '203.0.113.1');
  await pass(25 * 3600);
  expect(await deleteStale(pool, 1000)).toBeGreaterThan(0);
  expect((await pool.query('SELECT FROM "user".password_attempt')).rowCount).toBe(0);
  await logIn(username, 'wrong', '203.0.113.1');
  const query = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { deleted } }';
  await ask(query, { password: PASSWORD }, '203.0.113.2', owner);
  for (const table of ['password_attempt', 'known_network'])
    expect((await pool.query(`SELECT FROM "user".${table} WHERE user_id = $1`, [owner.userId])).rowCount).toBe(0);
});
