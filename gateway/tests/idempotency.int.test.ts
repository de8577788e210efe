import { randomUUID } from 'node:crypto';
import { wireEngagement } from '@tintype/engagement';
import { createIdempotency, dataOf, requireGlobalId } from '@tintype/graphql';
import { wirePost } from '@tintype/post';
import { SUBGRAPHS, subgraphSdl } from '@tintype/schema/subgraphs';
import { wireSocialGraph } from '@tintype/social-graph';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { wireUser } from '@tintype/user';
import { subjectOf } from '@tintype/viewer';
import { type FieldDefinitionNode, Kind, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Payload = Record<string, unknown> & { errors: { code: string }[] };
type Case = {
  subgraph: string;
  inputType: string;
  /** The selection in the payload besides its errors. */
  selection: string;
  /** Returns a new input at each call. */
  input(): Promise<object> | object;
  /** Returns the input with one difference, so that it is another mutation. */
  change(input: object): object;
  table: string;
};

const PASSWORD = 'a long enough phrase';
let environment: Environment;
let graph: TestSubgraphs;
let viewerId: bigint;
let postId: string;
let made = 0;

/** Their results depend on the password, so `password-change.int.test.ts` of user repeats them. */
const TESTED_BY_USER = ['changePassword', 'resetPassword'];

const CASES: Record<string, Case> = {
  createAccount: {
    subgraph: 'user',
    inputType: 'CreateAccountInput',
    selection: 'user { id }',
    input: () => ({ username: `new${++made}`, email: `new${made}@example.org`, password: PASSWORD }),
    change: (input) => ({ ...input, displayName: 'Another' }),
    table: '"user".account',
  },
  createApp: {
    subgraph: 'user',
    inputType: 'CreateAppInput',
    selection: 'app { id }',
    input: () => ({
      name: `app ${++made}`,
      website: 'https://app.example',
      redirectUris: ['https://app.example/callback'],
      isConfidential: true,
    }),
    change: (input) => ({ ...input, isConfidential: false }),
    table: '"user".app',
  },
  createUpload: {
    subgraph: 'post',
    inputType: 'CreateUploadInput',
    selection: 'uploads { id }',
    input: () => ({ files: [{ contentType: 'image/jpeg', byteSize: 100 + ++made }] }),
    change: () => ({ files: [{ contentType: 'image/png', byteSize: 7 }] }),
    table: 'post.upload',
  },
  createPost: {
    subgraph: 'post',
    inputType: 'CreatePostInput',
    selection: 'post { id }',
    input: async () => ({ media: [{ uploadId: await upload() }], caption: `photo ${++made}` }),
    change: (input) => ({ ...input, caption: 'another' }),
    table: 'post.post',
  },
  createComment: {
    subgraph: 'engagement',
    inputType: 'CreateCommentInput',
    selection: 'comment { id }',
    input: () => ({ postId, text: `comment ${++made}` }),
    change: (input) => ({ ...input, text: 'another' }),
    table: 'engagement.comment',
  },
  createCollection: {
    subgraph: 'engagement',
    inputType: 'CreateCollectionInput',
    selection: 'collection { id }',
    input: () => ({ name: `collection ${++made}` }),
    change: () => ({ name: `collection ${++made}` }),
    table: 'engagement.collection',
  },
};

beforeAll(async () => {
  environment = await createEnvironment();
  const wires = { user: wireUser, 'social-graph': wireSocialGraph, post: wirePost, engagement: wireEngagement };
  graph = await startSubgraphs(environment, wires);
  const { user } = (await run('createAccount', await CASES.createAccount!.input(), null)) as unknown as {
    user: { id: string };
  };
  viewerId = requireGlobalId('User', user.id);
  const created = await run('createPost', await CASES.createPost!.input());
  postId = (created.post as { id: string }).id;
  const text = `UPDATE post.post SET state = 'PUBLISHED', published_at = now() WHERE id = $1`;
  await environment.database.pool.query(text, [requireGlobalId('Post', postId)]);
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function execute(name: string, input: object, key?: string, viewer: bigint | null = viewerId) {
  const { subgraph, inputType, selection } = CASES[name]!;
  const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${selection} errors { code message path } } }`;
  const identity = {
    ...subjectOf(name === 'createAccount' || viewer === null ? null : { userId: viewer, sessionId: '1' }),
    requestId: randomUUID(),
    operation: 'mutation',
    idempotencyKey: key,
  } as const;
  return graph.client.execute(subgraph, { query, variables: { input }, identity });
}

async function run(name: string, input: object, viewer?: bigint | null, key?: string): Promise<Payload> {
  const { data, errors } = await execute(name, input, key, viewer);
  expect(errors).toBeUndefined();
  return data![name] as Payload;
}

async function upload(): Promise<string> {
  const bytes = new Uint8Array(64);
  const query = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { uploads { id url fields { name value } } } }`;
  type Form = { id: string; url: string; fields: { name: string; value: string }[] };
  const input = { files: [{ contentType: 'image/jpeg', byteSize: bytes.byteLength }] };
  const { createUpload } = await graph.ask<{ createUpload: { uploads: [Form] } }>('post', viewerId, query, { input });
  const { id, url, fields } = createUpload.uploads[0];
  const form = new FormData();
  for (const { name, value } of fields) form.append(name, value);
  form.append('file', new Blob([bytes], { type: 'image/jpeg' }));
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  return id;
}

const countOf = async (table: string): Promise<number> =>
  (await environment.database.pool.query(`SELECT count(*)::int AS count FROM ${table}`)).rows[0].count;

/** Each mutation of the schema, with whether it takes a key; undefined if the schema does not say. */
function repeatable(): Map<string, boolean | undefined> {
  const fields = SUBGRAPHS.flatMap((name) =>
    parse(subgraphSdl(name)).definitions.flatMap((one): readonly FieldDefinitionNode[] =>
      one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === 'Mutation' ? (one.fields ?? []) : [],
    ),
  );
  return new Map(
    fields.map(({ name, directives = [] }) => {
      const directive = directives.find((one) => one.name.value === 'idempotent');
      const key = directive?.arguments?.find((one) => one.name.value === 'key')?.value;
      return [name.value, directive && key?.kind === Kind.BOOLEAN && key.value];
    }),
  );
}

describe('in the schema', () => {
  test('the description of every mutation says how it can be repeated', () => {
    const mutations = repeatable();
    expect(mutations.size).toBeGreaterThan(30);
    expect([...mutations].filter(([, key]) => key === undefined)).toEqual([]);
  });

  test('every mutation that takes a key is tested', () => {
    const keyed = [...repeatable()].filter(([, key]) => key).map(([name]) => name);
    expect(keyed.sort()).toEqual([...Object.keys(CASES), ...TESTED_BY_USER].sort());
  });
});

describe.each(Object.keys(CASES))('%s', (name) => {
  const { table, change } = CASES[name]!;

  test('sent many times with one key, at once and later, writes once and answers the same', async () => {
    const input = await CASES[name]!.input();
    const [key, before] = [randomUUID(), await countOf(table)];
    const answers = await Promise.all(Array.from({ length: 4 }, () => run(name, input, viewerId, key)));
    answers.push(await run(name, input, viewerId, key));
    expect(answers[0]!.errors).toEqual([]);
    expect(answers).toEqual(Array(5).fill(answers[0]));
    expect(await countOf(table)).toBe(before + 1);
  });

  test('with another input under the same key is refused', async () => {
    const input = await CASES[name]!.input();
    const key = randomUUID();
    expect((await run(name, input, viewerId, key)).errors).toEqual([]);
    const before = await countOf(table);
    const { errors } = await execute(name, change(input), key);
    expect(errors?.map(({ extensions }) => extensions!.code)).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(await countOf(table)).toBe(before);
  });
});

test.each([
  ['createPost', 'post', 'deletePost', 'POST_NOT_FOUND'],
  ['createComment', 'comment', 'deleteComment', 'COMMENT_NOT_FOUND'],
  ['createCollection', 'collection', 'deleteCollection', 'COLLECTION_NOT_FOUND'],
  ['createApp', 'app', 'deleteApp', 'APP_NOT_FOUND'],
])('%s says when what it created has been deleted since', async (name, created, deletion, code) => {
  const input = await CASES[name]!.input();
  const key = randomUUID();
  const payload = await run(name, input, viewerId, key);
  const { id } = payload[created] as { id: string };
  const query = `mutation ($id: ID!) { ${deletion}(input: { ${created}Id: $id }) { errors { code } } }`;
  expect(await graph.ask(CASES[name]!.subgraph, viewerId, query, { id })).toEqual({ [deletion]: { errors: [] } });
  const { errors } = await run(name, input, viewerId, key);
  expect(errors).toEqual([{ code, message: 'It has been deleted since.', path: ['input'] }]);
});

test('a key is bound to nothing by an input that is refused', async () => {
  const key = randomUUID();
  expect((await run('createComment', { postId, text: ' ' }, viewerId, key)).errors).toMatchObject([
    { code: 'TEXT_REQUIRED' },
  ]);
  expect((await run('createComment', { postId, text: 'mended' }, viewerId, key)).errors).toEqual([]);
});

test('the same key of another person, or of another field of the document, is another key', async () => {
  const input = { postId, text: 'the same' };
  const [key, before] = [randomUUID(), await countOf('engagement.comment')];
  const other = (await run('createAccount', await CASES.createAccount!.input())) as unknown as { user: { id: string } };
  await run('createComment', input, viewerId, key);
  await run('createComment', input, requireGlobalId('User', other.user.id), key);
  const query = `mutation ($input: CreateCommentInput!) {
    one: createComment(input: $input) { comment { id } } two: createComment(input: $input) { comment { id } } }`;
  const identity = {
    ...subjectOf({ userId: viewerId, sessionId: '1' }),
    requestId: randomUUID(),
    operation: 'mutation',
    idempotencyKey: key,
  } as const;
  const answers = [];
  for (let sent = 0; sent < 2; sent++)
    answers.push(
      dataOf('engagement', await graph.client.execute('engagement', { query, variables: { input }, identity })),
    );
  expect(answers[1]).toEqual(answers[0]);
  expect(await countOf('engagement.comment')).toBe(before + 4);
});

test('a registration is answered again only with its password', async () => {
  const input = (await CASES.createAccount!.input()) as { password: string };
  const key = randomUUID();
  await run('createAccount', input, null, key);
  const guess = await run('createAccount', { ...input, password: 'another long phrase' }, null, key);
  expect(guess).toMatchObject({ user: null, errors: [{ code: 'PASSWORD_WRONG' }] });
});

test('a key is honoured for a day and removed afterwards, and goes with the account', async () => {
  const { pool } = environment.database;
  const input = { postId, text: 'a day later' };
  const [key, before] = [randomUUID(), await countOf('engagement.comment')];
  const age = () => pool.query(`UPDATE engagement.idempotency_key SET created_at = created_at - interval '25 hours'`);
  for (const _ of [1, 2]) {
    await run('createComment', input, viewerId, key);
    await age();
  }
  expect(await countOf('engagement.comment')).toBe(before + 2);
  const idempotency = createIdempotency({ pool, schema: 'engagement' });
  expect(await idempotency.removeOld(1000)).toBeGreaterThan(0);
  expect(await countOf('engagement.idempotency_key')).toBe(0);
  const register = (await CASES.createAccount!.input()) as { password: string };
  const { user } = (await run('createAccount', register, null, key)) as unknown as { user: { id: string } };
  const query = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { deleted } }';
  const userId = requireGlobalId('User', user.id);
  const rows = async () =>
    (await pool.query('SELECT FROM "user".idempotency_key WHERE user_id = $1', [userId])).rowCount;
  expect(await rows()).toBe(1);
  await graph.ask('user', userId, query, { input: { password: PASSWORD } });
  expect(await rows()).toBe(0);
});
