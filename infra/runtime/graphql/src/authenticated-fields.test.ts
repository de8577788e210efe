import { createLog } from '@tintype/telemetry';
import { type Subject, subjectOf } from '@tintype/viewer';
import { expect, test } from 'vitest';
import { createSubgraph } from './subgraph.ts';

const ran: string[] = [];
const record = (field: string) => () => {
  ran.push(field);
  return field;
};
const subgraph = createSubgraph({
  name: 'letters',
  typeDefs: `
    directive @authenticated on FIELD_DEFINITION
    directive @requiresScopes(scopes: [String!]!) on FIELD_DEFINITION
    type Letter { text: String notes: String @authenticated }
    type Query { open: String inbox: String @authenticated letter: Letter }
    type Mutation {
      logIn: String
      send: String @authenticated
      answer: String @authenticated @requiresScopes(scopes: ["read", "write"])
    }
  `,
  resolvers: {
    Query: { open: record('open'), inbox: record('inbox'), letter: () => ({ text: 'hello', notes: 'mine' }) },
    Mutation: { logIn: record('logIn'), send: record('send'), answer: record('answer') },
  },
  createLoaders: () => ({}),
  log: createLog({ name: 'test', level: 'silent' }),
});

const ask = (query: string, subject: Subject, isInternal = false) => {
  ran.length = 0;
  const operation = query.startsWith('mutation') ? 'mutation' : 'query';
  const caller = { service: 'gateway', isInternal };
  return subgraph.execute({ query, identity: { ...subject, requestId: 'r', operation, caller } });
};
const person = subjectOf({ userId: 1n, sessionId: '1' });
const visitor = subjectOf(null);
const platform: Subject = { kind: 'platform', viewer: null };
const refused = (...path: string[]) =>
  expect.objectContaining({
    message: 'Log in and send the access token as a bearer token.',
    path,
    extensions: { code: 'UNAUTHENTICATED' },
  });

test('a person gets authenticated fields', async () => {
  const data = { open: 'open', inbox: 'inbox', letter: { text: 'hello', notes: 'mine' } };
  expect(await ask('{ open inbox letter { text notes } }', person)).toEqual({ data });
});

test.each([visitor, platform])('without a viewer ($kind), only these fields are refused', async (subject) => {
  const { data, errors } = await ask('{ open mine: inbox letter { text notes } }', subject);
  expect(data).toEqual({ open: 'open', mine: null, letter: { text: 'hello', notes: null } });
  expect(errors).toEqual([refused('mine'), refused('letter', 'notes')]);
  expect(ran).toEqual(['open']);
});

test('without a viewer, an authenticated mutation changes nothing, and the other ones run', async () => {
  const { data, errors } = await ask('mutation { first: send logIn second: send }', visitor);
  expect(data).toEqual({ first: null, logIn: 'logIn', second: null });
  expect(errors).toEqual([refused('first'), refused('second')]);
  expect(ran).toEqual(['logIn']);
});

const appOf = (...scopes: string[]) => subjectOf({ userId: 1n, sessionId: '1', scopes });

test('an app needs all scopes of a field', async () => {
  expect(await ask('mutation { answer }', person)).toEqual({ data: { answer: 'answer' } });
  expect(await ask('mutation { answer }', appOf('write', 'read'))).toEqual({ data: { answer: 'answer' } });
  for (const [scopes, missing] of [
    [['read'], 'write'],
    [['write', 'read:all'], 'read'],
    [[], 'read'],
  ] as const) {
    const { data, errors } = await ask('mutation { answer logIn }', appOf(...scopes));
    expect(data).toEqual({ answer: null, logIn: 'logIn' });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(`Mutation.answer needs the scope ${missing},`),
        extensions: { code: 'INSUFFICIENT_SCOPE' },
      }),
    ]);
    expect(ran).toEqual(['logIn']);
  }
});

test('an app gets no authenticated field without scopes, whatever it may do', async () => {
  const { data, errors } = await ask('{ open inbox letter { text notes } }', appOf('read', 'write'));
  expect(data).toEqual({ open: 'open', inbox: null, letter: { text: 'hello', notes: null } });
  expect(errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'INSUFFICIENT_SCOPE' },
    { code: 'INSUFFICIENT_SCOPE' },
  ]);
});

test('what a subgraph asks for itself needs no scopes', async () => {
  expect(await ask('mutation { answer send }', appOf(), true)).toEqual({ data: { answer: 'answer', send: 'send' } });
});
