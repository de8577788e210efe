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
    type Letter { text: String notes: String @authenticated }
    type Query { open: String inbox: String @authenticated letter: Letter }
    type Mutation { logIn: String send: String @authenticated }
  `,
  resolvers: {
    Query: { open: record('open'), inbox: record('inbox'), letter: () => ({ text: 'hello', notes: 'mine' }) },
    Mutation: { logIn: record('logIn'), send: record('send') },
  },
  createLoaders: () => ({}),
  log: createLog({ name: 'test', level: 'silent' }),
});

const ask = (query: string, subject: Subject) => {
  ran.length = 0;
  const operation = query.startsWith('mutation') ? 'mutation' : 'query';
  const caller = { service: 'gateway', isInternal: false };
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
