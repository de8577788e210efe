import { randomUUID } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  createLocalClients,
  type InternalField,
  listAuthenticatedFields,
  listInternalFields,
  type Subgraph,
  serveSubgraph,
} from '@tintype/graphql';
import { SUBGRAPHS, type SubgraphName, subgraphSdl } from '@tintype/schema/subgraphs';
import { type Closeable, closeAll, loadWire } from '@tintype/service';
import { createEnvironment, type Environment } from '@tintype/testing';
import { type Caller, IDENTITY_HEADER, type Subject, signIdentityToken, subjectOf } from '@tintype/viewer';
import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SERVICES = ['gateway', ...SUBGRAPHS];
const PERSON = subjectOf({ userId: 7n, sessionId: '1' });
const VISITOR = subjectOf(null);
const PLATFORM: Subject = { kind: 'platform', viewer: null };

type Case = InternalField & { subgraph: SubgraphName; query: string; requiresViewer: boolean };

/** Every internal field of the SDLs, with a query for it. */
const CASES: Case[] = SUBGRAPHS.flatMap((subgraph) => {
  const schema = buildSubgraphSchema([{ typeDefs: parse(subgraphSdl(subgraph)) }]);
  const authenticated = listAuthenticatedFields(schema);
  return [...listInternalFields(schema).values()].map((internal): Case => {
    const [typeName, name] = internal.coordinate.split('.') as [string, string];
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`${internal.coordinate} is not of an object`);
    const field = type.getFields()[name]!;
    const args = field.args.filter(isRequiredArgument).map((one) => `${one.name}: ${literalOf(one.type)}`);
    const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
    const asked = `${name}${args.length > 0 ? `(${args.join(', ')})` : ''}${selection}`;
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    const entity = `_entities(representations: [{ __typename: "${typeName}", id: "${typeName}_1" }]) { ... on ${typeName} { ${asked} } }`;
    const operation = type === schema.getMutationType() ? 'mutation' : 'query';
    const query = `${operation} { ${isRoot ? asked : entity} }`;
    return { ...internal, subgraph, query, requiresViewer: authenticated.has(internal.coordinate) };
  });
});

/** A valid value of the type. */
function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return `[${literalOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((one) => `${one.name}: ${literalOf(one.type)}`).join(', ')} }`;
  }
  const values: Record<string, string> = { ID: '"1"', Snowflake: '"1"', String: '"one"', Int: '1', Boolean: 'false' };
  return values[type.toString()]!;
}

let environment: Environment;
const urls = new Map<string, string>();
const open: Closeable[] = [];
beforeAll(async () => {
  environment = await createEnvironment();
  const subgraphs = new Map<string, Subgraph>();
  const clientOf = createLocalClients(subgraphs);
  for (const name of SUBGRAPHS) {
    const { subgraph, close } = await (await loadWire(name))({ ...environment, client: clientOf(name) });
    subgraphs.set(name, subgraph);
    const { secret } = environment.config;
    const listen = { host: '127.0.0.1', port: 0 };
    const served = await serveSubgraph({ subgraph, secret, listen, ready: async () => ({}), log: environment.log });
    urls.set(name, served.url);
    open.push(served, { close: async () => close?.() });
  }
});
afterAll(async () => {
  await closeAll(open, environment.log);
  await environment.close();
});

function tokenOf(audience: string, subject: Subject, caller: Caller, query: string): string {
  const operation = query.startsWith('mutation') ? 'mutation' : 'query';
  const identity = { ...subject, caller, requestId: randomUUID(), operation } as const;
  return signIdentityToken(identity, audience, environment.config.secret);
}

/** Sends a request directly to the subgraph, as the gateway and other subgraphs do. */
async function send(subgraph: string, query: string, token: string) {
  const response = await fetch(`${urls.get(subgraph)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  type Answer = { data?: object; errors?: { extensions?: { code?: string } }[] };
  const { data, errors = [] } = (await response.json()) as Answer;
  return { status: response.status, data, codes: errors.map((error) => error.extensions?.code) };
}

const ask = ({ subgraph, query }: Case, subject: Subject, service: string, isInternal = true) =>
  send(subgraph, query, tokenOf(subgraph, subject, { service, isInternal }, query));

const REFUSED = { status: 200, data: undefined, codes: ['FORBIDDEN'] };

test('the SDLs have such fields', () => {
  expect(CASES.length).toBeGreaterThan(20);
  expect(CASES.map(({ coordinate }) => coordinate)).toContain('Query.mailAddresses');
});

describe.each(CASES)('$subgraph $coordinate', (one) => {
  const { callers, platformOnly, requiresViewer } = one;
  const subjects = platformOnly ? [PLATFORM] : [PLATFORM, PERSON, VISITOR];

  test.each([VISITOR, PERSON, PLATFORM])('is refused to a client of the gateway: $kind', async (subject) => {
    expect(await ask(one, subject, 'gateway', false)).toEqual(REFUSED);
  });

  test('is refused to a client of any service', async () => {
    for (const service of SERVICES)
      for (const subject of [VISITOR, PERSON]) expect(await ask(one, subject, service, false)).toEqual(REFUSED);
  });

  test('is refused to every other service', async () => {
    for (const service of [...SERVICES, 'another'].filter((name) => !callers.includes(name)))
      for (const subject of [PLATFORM, PERSON, VISITOR]) expect(await ask(one, subject, service)).toEqual(REFUSED);
  });

  test.runIf(platformOnly)('is refused on behalf of anybody but the platform', async () => {
    for (const service of callers)
      for (const subject of [PERSON, VISITOR]) expect(await ask(one, subject, service)).toEqual(REFUSED);
  });

  test('is answered to the services that the SDL names', async () => {
    for (const service of callers) {
      for (const subject of subjects) {
        const { status, codes } = await ask(one, subject, service);
        expect(status).toBe(200);
        expect(codes).toEqual(requiresViewer && subject !== PERSON ? ['UNAUTHENTICATED'] : []);
      }
    }
  });

  test('is closed to a token for another subgraph, and to one whose issuer was changed', async () => {
    const { subgraph, query } = one;
    const caller = { service: callers[0]!, isInternal: true };
    for (const audience of SUBGRAPHS.filter((name) => name !== subgraph)) {
      expect(await send(subgraph, query, tokenOf(audience, PLATFORM, caller, query))).toMatchObject({ status: 401 });
    }
    const [header, payload, signature] = tokenOf(
      subgraph,
      VISITOR,
      { service: 'gateway', isInternal: false },
      query,
    ).split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
    const forged = { ...claims, iss: caller.service, sub: caller.service, scope: 'internal' };
    const token = `${header}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    expect(await send(subgraph, query, token)).toMatchObject({ status: 401 });
  });
});
