import { randomBytes } from 'node:crypto';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const REGISTER =
  'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { user { id } errors { code message path } } }';
type Payload = { user: { id: string } | null; errors: { code: string; message: string; path: string[] }[] };

let environment: Environment;
let graph: TestSubgraphs;
let registered = 0;
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { ...createFakeSocialGraph().wires, user: wireUser });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function register(password: string, more: object = {}): Promise<Payload> {
  const username = `person${++registered}`;
  const input = { username, email: `${username}@mail.example`, password, ...more };
  return (await graph.ask<{ createAccount: Payload }>('user', null, REGISTER, { input })).createAccount;
}

const WEAK = [{ code: 'PASSWORD_WEAK', path: ['input', 'password'] }];

describe('a new password', () => {
  test.each([
    'q1w2e3r4t5',
    'P@ssw0rd123',
    'password123!',
    'QWERTYUIOP',
    '1234567890',
    'Summer2026!',
    'iloveyou2026',
    'zaq12wsxcde3',
    'liverpool1',
    'tintype2026',
    'correcthorsebatterystaple',
    'ｑ１ｗ２ｅ３ｒ４ｔ５',
    'abcdefghijklmnop',
    'p@ssw0rd'.repeat(16),
  ])('%s is refused', async (password) => {
    expect(await register(password)).toMatchObject({ user: null, errors: WEAK });
  });

  test.each([
    'a long enough phrase',
    'tintype-demo-1839',
    'the same for everyone in this run',
    'Xk9#mQ2vLp7w',
    'дорога уводит далеко',
    'ginger-window-cactus '.repeat(6),
  ])('%s is accepted', async (password) => {
    expect(await register(password)).toMatchObject({ user: {}, errors: [] });
  });

  test('is not a name or the e-mail address of its owner in any spelling', async () => {
    const owner = {
      username: 'kathrin.brandt',
      email: 'kb.fotografin@lichtbild.example',
      displayName: 'Kathi Brandt-Öz',
    };
    for (const password of [
      'kathrin.brandt',
      'KathrinBrandt',
      'k4thr1n.br@ndt',
      'tdnarb.nirhtak',
      'kathrin_brandt_2',
      'kb.fotografin',
      'kb.fotografin@lichtbild.example',
      'Fotografin2026!',
      'Kathi Brandt-Oz',
      'lichtbild2026',
    ]) {
      const { user, errors } = await register(password, owner);
      expect({ password, user, errors }).toMatchObject({ password, user: null, errors: WEAK });
    }
    expect(await register('kathrin likes seventeen green umbrellas', owner)).toMatchObject({ errors: [] });
  });

  test('is checked for many people at the same time, whatever it contains', async () => {
    const signs = '@$!10|ae3pw4s5()[]{}<>/\\+_-x%^vum8&';
    const passwords = Array.from({ length: 12 }, () =>
      Array.from(randomBytes(128), (byte) => signs[byte % signs.length]).join(''),
    );
    const payloads = await Promise.all(passwords.map((password) => register(password)));
    expect(payloads.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
