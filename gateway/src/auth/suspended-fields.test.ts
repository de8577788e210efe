import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createSuspendedFieldCheck } from './suspended-fields.ts';

const schema = buildSchema(`
  directive @allowedWhileSuspended on FIELD_DEFINITION
  interface Node { id: ID }
  type Query {
    me: User @allowedWhileSuspended
    export: Export @allowedWhileSuspended
    search: [Found]
    node: Node
  }
  type Mutation { logOut: Boolean @allowedWhileSuspended, like: Boolean }
  type Subscription { liked: User }
  type User implements Node { id: ID @allowedWhileSuspended, name: String @allowedWhileSuspended, posts: Posts }
  type Post implements Node { id: ID }
  type Posts { nodes: [Post] }
  type Export { url: String, owner: User, about: Found }
  union Found = User | Post
`);
const refuse = createSuspendedFieldCheck(schema, schema);
const viewer = { userId: 1n, sessionId: '2' };
const until = new Date('2026-12-24T18:00:00.000Z');

/** The extensions and the message of the refusal, or null. */
function refusalOf(query: string, options: { name?: string; scopes?: string[]; until?: Date | null } = {}) {
  const who = { viewer: { ...viewer, scopes: options.scopes }, suspension: { until: options.until ?? null } };
  try {
    refuse(who, query, options.name);
    return null;
  } catch (error) {
    const { code, message, extensions } = error as { code: string; message: string; extensions: object };
    return { code, message, extensions };
  }
}

test.each([
  '{ me { id name } }',
  '{ __typename me { __typename } }',
  '{ __schema { types { name } } }',
  'mutation { logOut }',
  '{ export { url } }',
  'query A { me { ...own } } fragment own on User { id ... { name } }',
  '{ export { about { ... on User { name } } } }',
])('a suspended person may use %s', (query) => {
  expect(refusalOf(query)).toBeNull();
});

test.each([
  ['{ search { __typename } }', 'Query.search'],
  ['{ me { posts { nodes { id } } } }', 'User.posts'],
  ['{ export { owner { posts { nodes { id } } } } }', 'User.posts'],
  ['{ export { about { ... on Post { id } } } }', 'Post.id'],
  ['{ me { ... on Node { id } } }', 'Node.id'],
  ['query A { me { ...more } } fragment more on User { id posts { nodes { id } } }', 'User.posts'],
  ['mutation { like }', 'Mutation.like'],
  ['subscription { liked { id } }', 'Subscription.liked'],
  ['{ unknown }', 'Query.unknown'],
  ['{ me { unknown { id } } }', 'User.unknown'],
])('but not %s', (query, field) => {
  expect(refusalOf(query)).toMatchObject({ code: 'ACCOUNT_SUSPENDED', message: expect.stringContaining(field) });
});

test('only the operation that runs counts', () => {
  const query = 'query A { me { id } } query B { search { __typename } }';
  expect(refusalOf(query, { name: 'A' })).toBeNull();
  expect(refusalOf(query, { name: 'B' })).not.toBeNull();
});

test('the refusal says until when, or that there is no end', () => {
  const query = 'mutation { like }';
  expect(refusalOf(query, { until })!.extensions).toEqual({ suspendedUntil: until.toISOString() });
  expect(refusalOf(query)!.extensions).toEqual({ suspendedUntil: null });
});

test('an app is refused everything, and learns no more', () => {
  expect(refusalOf('{ me { id } }', { scopes: ['read'], until })).toMatchObject({
    code: 'ACCOUNT_SUSPENDED',
    extensions: {},
  });
});
