import { globalId } from '@tintype/ids';
import { createEnvironment, type Environment, referenceTo, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importAccounts, wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const EDIT =
  'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { displayName bio pronouns category links { title url } isPrivate } errors { code path } } }';
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
  const links = [
    { title: ' Prints ', url: 'https://Example.org' },
    { title: 'Talks', url: 'https://example.org/talks' },
  ];
  await edit({ displayName: ' Ada ', bio: 'writes', pronouns: [' she ', 'they'], category: 'WRITER', links });
  const { updateProfile } = await edit({ bio: '', isPrivate: true });
  expect(updateProfile).toEqual({
    user: {
      displayName: 'Ada',
      bio: '',
      pronouns: ['she', 'they'],
      category: 'WRITER',
      links: [{ title: 'Prints', url: 'https://example.org/' }, links[1]],
      isPrivate: true,
    },
    errors: [],
  });
  const empty = await edit({ pronouns: [], category: 'NONE', links: [], displayName: null });
  expect(empty.updateProfile.user).toMatchObject({ displayName: 'Ada', pronouns: [], category: 'NONE', links: [] });
  const wrong = await edit({
    displayName: 'x'.repeat(51),
    bio: 'a\u0000',
    pronouns: ['she', 'SHE', '<b>'],
    links: [{ title: '', url: 'ftp://x' }],
  });
  expect(wrong.updateProfile.errors).toEqual([
    { code: 'TEXT_TOO_LONG', path: ['input', 'displayName'] },
    { code: 'TEXT_INVALID', path: ['input', 'bio'] },
    { code: 'PRONOUN_INVALID', path: ['input', 'pronouns', '1'] },
    { code: 'PRONOUN_INVALID', path: ['input', 'pronouns', '2'] },
    { code: 'TEXT_REQUIRED', path: ['input', 'links', '0', 'title'] },
    { code: 'LINK_INVALID', path: ['input', 'links', '0', 'url'] },
  ]);
});

describe('links and mentions in a bio', () => {
  const bioOf = async (viewer: bigint | null, id: bigint) => {
    const fields =
      'bio bioEntities { __typename range { start end } ... on BioLink { url } ... on BioMention { user { id username } } }';
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { ${fields} } } }`;
    type Entity = {
      __typename: string;
      range: { start: number; end: number };
      url?: string;
      user?: { id: string; username: string };
    };
    const variables = { of: [referenceTo('User', id)] };
    const data = await graph.ask<{ _entities: [{ bio: string; bioEntities: Entity[] }] }>(
      'user',
      viewer,
      query,
      variables,
    );
    const [{ bio, bioEntities }] = data._entities;
    return bioEntities.map(({ range, url, user }) => [bio.slice(range.start, range.end), url ?? user!.username]);
  };
  let names = 0;
  const join = async (count: number) => {
    const usernames = Array.from({ length: count }, () => `bio${++names}`);
    const ids = await importAccounts(
      environment,
      usernames.map((username) => ({ username, email: `${username}@example.org`, displayName: '', passwordHash: '-' })),
    );
    return ids.map((id, index) => ({ id, username: usernames[index]! }));
  };
  const write = (who: bigint, bio: string) =>
    graph.ask<{ updateProfile: { errors: object[] } }>('user', who, EDIT, { input: { bio } });

  test('have their places in UTF-16 code units, whatever is before them', async () => {
    const [writer, friend] = await join(2);
    const bio = `👩‍👩‍👧 with ＠${friend!.username.toUpperCase()}, @nobody.at.all, me@example.org. See example.org/a, @${friend!.username}.`;
    expect((await write(writer!.id, bio)).updateProfile.errors).toEqual([]);
    const name = friend!.username;
    expect(await bioOf(null, writer!.id)).toEqual([
      [`＠${name.toUpperCase()}`, name],
      ['example.org/a', 'https://example.org/a'],
      [`@${name}`, name],
    ]);
  });

  test('follow a person who is renamed, even if somebody else takes the name', async () => {
    const [writer, friend] = await join(2);
    await write(writer!.id, `and @${friend!.username}`);
    const renamed = `${friend!.username}.new`;
    await environment.database.pool.query('UPDATE "user".account SET username = $2, username_key = $2 WHERE id = $1', [
      friend!.id,
      renamed,
    ]);
    await importAccounts(environment, [
      { username: friend!.username, email: 'taker@example.org', displayName: '', passwordHash: '-' },
    ]);
    expect(await bioOf(null, writer!.id)).toEqual([[`@${friend!.username}`, renamed]]);
  });

  test('leave out people who are hidden from the viewer, or from the writer when it was written', async () => {
    const [writer, friend, viewer] = await join(3);
    await write(writer!.id, `and @${friend!.username}`);
    expect(await bioOf(viewer!.id, writer!.id)).toHaveLength(1);
    socialGraph.block(friend!.id, viewer!.id);
    expect(await bioOf(viewer!.id, writer!.id)).toEqual([]);
    expect(await bioOf(null, writer!.id)).toHaveLength(1);
    await environment.database.pool.query(`UPDATE "user".account SET state = 'DELETED' WHERE id = $1`, [friend!.id]);
    expect(await bioOf(null, writer!.id)).toEqual([]);
    socialGraph.block(viewer!.id, writer!.id);
    await write(writer!.id, `and @${viewer!.username}`);
    expect(await bioOf(null, writer!.id)).toEqual([]);
  });

  test('are read with one statement for many people', async () => {
    const crowd = await join(12);
    for (const [index, { id }] of crowd.entries()) await write(id, `and @${crowd[(index + 1) % 12]!.username}`);
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { bioEntities { ... on BioMention { user { username } } } } } }';
    const of = crowd.slice(0, 6).map(({ id }) => referenceTo('User', id));
    environment.statements.length = 0;
    await graph.ask('user', null, query, { of });
    expect(environment.statements.length).toBeLessThanOrEqual(2);
  });

  test('of more than twenty people are refused', async () => {
    const [writer] = await join(1);
    const bio = Array.from({ length: 21 }, (_, index) => `@a${index}`).join(' ');
    expect((await write(writer!.id, bio)).updateProfile.errors).toEqual([
      { code: 'TOO_MANY_MENTIONS', path: ['input', 'bio'] },
    ]);
  });
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
