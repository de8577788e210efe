import { createLog } from '@tintype/telemetry';
import { type CallerIdentity, type Subject, subjectOf } from '@tintype/viewer';
import { expect, test } from 'vitest';
import { createSubgraph } from './subgraph.ts';

const ran: string[] = [];
const note = (what: string) => () => {
  ran.push(what);
  return what;
};
const subgraph = createSubgraph({
  name: 'letters',
  typeDefs: `
    directive @internal(callers: [String!]!, platformOnly: Boolean! = false) on FIELD_DEFINITION
    interface Sealed { seal: String stamp: String @internal(callers: ["feed"]) }
    type Letter implements Sealed { text: String stamp: String seal: String @internal(callers: ["feed"]) }
    type Query {
      open: String
      addresses: String @internal(callers: ["mail"], platformOnly: true)
      newest: String @internal(callers: ["feed", "mail"])
      sealed: Sealed
      letter: Letter
    }
    type Mutation { send: String burn: String @internal(callers: ["mail"]) }
  `,
  resolvers: {
    Query: {
      open: note('open'),
      addresses: note('addresses'),
      newest: note('newest'),
      sealed: () => null,
      letter: () => null,
    },
    Sealed: { __resolveType: () => 'Letter' },
    Mutation: { send: note('send'), burn: note('burn') },
  },
  createLoaders: () => ({}),
  log: createLog({ name: 'test', level: 'silent' }),
});

const person = subjectOf({ userId: 1n, sessionId: '1' });
const visitor = subjectOf(null);
const platform: Subject = { kind: 'platform', viewer: null };

const ask = (query: string, service: string, subject: Subject, isInternal = true, operationName?: string) => {
  const operation = query.startsWith('mutation') ? 'mutation' : 'query';
  const identity: CallerIdentity = { ...subject, requestId: 'r', operation, caller: { service, isInternal } };
  return subgraph.execute({ query, operationName, identity });
};
const REFUSED = [expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })];

test('the named services get answers, on behalf of the permitted callers', async () => {
  for (const subject of [person, visitor, platform])
    expect(await ask('{ newest open }', 'feed', subject)).toEqual({ data: { newest: 'newest', open: 'open' } });
  expect(await ask('{ addresses }', 'mail', platform)).toEqual({ data: { addresses: 'addresses' } });
});

test.each<[string, string, string, Subject, boolean?]>([
  ['another service', '{ newest }', 'search', platform],
  ['a person, through a service that may', '{ newest }', 'feed', person, false],
  ['a visitor, through a service that may', '{ newest }', 'feed', visitor, false],
  ['a service that may, on behalf of a person it may not ask for', '{ addresses }', 'mail', person],
  ['a service that may, on behalf of a visitor it may not ask for', '{ addresses }', 'mail', visitor],
  ['another service under a name', '{ open: newest }', 'search', platform],
  ['another service in a fragment', '{ ...All } fragment All on Query { open newest }', 'search', platform],
  ['another service that may skip it', 'query ($no: Boolean = false) { newest @include(if: $no) }', 'search', platform],
  ['another service through a type', '{ letter { seal } }', 'search', platform],
  ['another service through an interface', '{ sealed { seal } }', 'search', platform],
  ['another service where the interface says so', '{ letter { stamp } }', 'search', platform],
])('%s is refused', async (_, query, service, subject, isInternal) => {
  ran.length = 0;
  const { data, errors } = await ask(query, service, subject, isInternal);
  expect(data).toBeUndefined();
  expect(errors).toEqual(REFUSED);
  expect(ran).toEqual([]);
});

test('a mutation that is refused has changed nothing', async () => {
  ran.length = 0;
  expect((await ask('mutation { send burn }', 'gateway', person, false)).errors).toEqual(REFUSED);
  expect(ran).toEqual([]);
  expect(await ask('mutation { send }', 'gateway', person, false)).toEqual({ data: { send: 'send' } });
});

test('a text that one service may send is refused to another that sends it later', async () => {
  const query = '{ again: newest }';
  expect((await ask(query, 'feed', person)).errors).toBeUndefined();
  expect((await ask(query, 'search', person)).errors).toEqual(REFUSED);
});
