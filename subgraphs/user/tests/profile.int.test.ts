import { globalId } from '@tintype/ids';
import { createEnvironment, type Environment, referenceTo, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importAccounts, wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const EDIT =
  'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { displayName bio website isPrivate } errors { code path } } }';
const USER = 'query ($username: String!) { user(username: $username) { id username } }';
const USER_BY = 'query ($id: ID, $username: String) { user(id: $id, username: $username) { username } }';
const ENTITIES =
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { username } } }';

let environment: Environment;
let graph: TestSubgraphs;
let people: bigint[];
const socialGraph = createFakeSocialGraph();
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { ...socialGraph.wires, user: wireUser });
  const names = ['ada', 'ben', 'cleo'];
  people = await importAccounts(
    environment,
    names.map((username) => ({ username, email: `${username}@example.org`, displayName: '', passwordHash: '-' })),
  );
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

test('an update changes the given fields and no others', async () => {
  const edit = (input: object) =>
    graph.ask<{ updateProfile: { user: object; errors: object[] } }>('user', people[0]!, EDIT, { input });
  await edit({ displayName: ' Ada ', bio: 'writes', website: 'https://example.org' });
  const { updateProfile } = await edit({ bio: '', isPrivate: true });
  expect(updateProfile).toEqual({
    user: { displayName: 'Ada', bio: '', website: 'https://example.org', isPrivate: true },
    errors: [],
  });
  const wrong = await edit({ displayName: 'x'.repeat(51), bio: 'a\u0000', website: 'ftp://x' });
  expect(wrong.updateProfile.errors).toEqual([
    { code: 'TEXT_TOO_LONG', path: ['input', 'displayName'] },
    { code: 'TEXT_INVALID', path: ['input', 'bio'] },
    { code: 'WEBSITE_INVALID', path: ['input', 'website'] },
  ]);
});

test('a visitor has no profile to change', async () => {
  await expect(graph.ask('user', null, EDIT, { input: {} })).rejects.toThrow('Log in');
  expect(await graph.ask('user', null, '{ me { id } }')).toEqual({ me: null });
  expect(await graph.ask('user', people[1]!, '{ me { username } }')).toEqual({ me: { username: 'ben' } });
});

test('an account is found in upper or lower case, and hidden from people whom it blocks, also as an entity', async () => {
  const [, ben, cleo] = people as [bigint, bigint, bigint];
  expect(await graph.ask('user', ben, USER, { username: 'CLEO' })).toMatchObject({ user: { username: 'cleo' } });
  socialGraph.block(cleo, ben);
  expect(await graph.ask('user', ben, USER, { username: 'cleo' })).toEqual({ user: null });
  const representations = [referenceTo('User', cleo)];
  expect(await graph.ask('user', ben, ENTITIES, { representations })).toEqual({ _entities: [null] });
  expect(await graph.ask('user', cleo, USER, { username: 'ben' })).toMatchObject({ user: { username: 'ben' } });
  for (const username of ['nobody', '', 'cl\0eo', 'x'.repeat(10_000), '\u202ecleo'])
    expect(await graph.ask('user', null, USER, { username })).toEqual({ user: null });
});

test('twenty people cost one statement on accounts', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const ids = await importAccounts(
    environment,
    names.map((username) => ({ username, email: `${username}@example.org`, displayName: '', passwordHash: '-' })),
  );
  const representations = ids.map((id) => referenceTo('User', id));
  await graph.ask('user', people[0]!, ENTITIES, { representations });
  environment.statements.length = 0;
  await graph.ask('user', people[0]!, ENTITIES, { representations });
  expect(environment.statements).toEqual([expect.stringContaining('"user".account')]);
});

test('an account is found by its ID, and by exactly one of ID and username', async () => {
  const [ada, ben] = people as [bigint, bigint];
  const find = (asked: { id?: string | null; username?: string | null }, viewerId: bigint | null = null) =>
    graph.ask<{ user: { username: string } | null }>('user', viewerId, USER_BY, asked);
  const id = globalId('User', ada);
  expect(await find({ id })).toEqual({ user: { username: 'ada' } });
  expect(await find({ id, username: null })).toEqual({ user: { username: 'ada' } });
  expect(await find({ username: 'ada' })).toEqual({ user: { username: 'ada' } });
  for (const unknown of ['', 'ada', 'User_', 'User_1', globalId('Post', ada)])
    expect(await find({ id: unknown }), unknown).toEqual({ user: null });
  socialGraph.block(ada, ben);
  expect(await find({ id }, ben)).toEqual({ user: null });
  for (const wrong of [{}, { id: null }, { id, username: 'ada' }])
    await expect(find(wrong)).rejects.toThrow('either an id or a username');
});
