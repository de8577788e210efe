import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type ConstDirectiveNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type FieldCost, readCosts } from './costs.ts';
import { MAX_PAGE, QUERY_LIMITS, WEIGHTS } from './limits.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const DIRECTIVES = `
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
`;

/** Costs by coordinates, without introspection. */
function costsOf(schema: GraphQLSchema, declared?: GraphQLSchema): Map<string, FieldCost> {
  const costs = readCosts(schema, declared);
  return new Map(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__')
        ? Object.values(type.getFields()).map((field): [string, FieldCost] => [
            `${type.name}.${field.name}`,
            costs.get(field)!,
          ])
        : [],
    ),
  );
}

describe('costs', () => {
  it('are those of the directives', () => {
    const costs = costsOf(
      buildSchema(`${DIRECTIVES}
        type Query {
          users(first: Int, last: Int): Users @cost(weight: 30)
            @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"])
          any: Any
        }
        type Users { edges: [User!] count: Int }
        type User @cost(weight: 8) { name: String names: [String!] @listSize(assumedSize: 4) }
        type Photo @cost(weight: 3) { url: String }
        type Text { text: String }
        union Any = Text | Photo | User
      `),
    );
    const plain = {
      own: 0,
      object: WEIGHTS.object,
      isRead: false,
      isList: false,
      isLogin: false,
      takesPassword: false,
      size: null,
    };
    const page = { slicingArguments: ['first', 'last'], sizedFields: ['edges'], assumedSize: 20 };
    expect(Object.fromEntries(costs)).toEqual({
      'Query.users': { ...plain, own: 30, isRead: true, size: page },
      // The most expensive possible type.
      'Query.any': { ...plain, object: 8, isRead: true },
      'Users.edges': { ...plain, object: 8, isRead: true, isList: true },
      'Users.count': plain,
      'User.name': plain,
      'User.names': { ...plain, isList: true, size: { slicingArguments: [], sizedFields: [], assumedSize: 4 } },
      'Photo.url': plain,
      'Text.text': plain,
    });
  });

  it('of an interface are the highest of its types', () => {
    const costs = costsOf(
      buildSchema(`${DIRECTIVES}
        type Query { media: Media }
        interface Media { url: String }
        type Photo implements Media @cost(weight: 2) { url: String }
        type Video implements Media @cost(weight: 5) { url: String @cost(weight: 7) }
      `),
    );
    expect(costs.get('Query.media')).toMatchObject({ object: 5, isRead: true });
    expect(costs.get('Media.url')!.own).toBe(7);
  });

  it('count an object for each requested ID', () => {
    const costs = costsOf(
      buildSchema(`${DIRECTIVES}
        type Query { nodes(ids: [ID!]!): [String]! @listSize(assumedSize: 100) }
      `),
    );
    expect(costs.get('Query.nodes')!.size).toEqual({ slicingArguments: ['ids'], sizedFields: [], assumedSize: 100 });
  });

  it('cannot be read if a list has no size', () => {
    const schema = buildSchema(`${DIRECTIVES}
      type Query { users: [String!] page: Page other: Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"]) }
      type Page { edges: [String!]! }
    `);
    expect(() => readCosts(schema)).toThrow('These lists have no @listSize: Query.users, Page.edges.');
  });
});

describe('the public schema', () => {
  const api = buildSchema(read('schema/api.graphql'));
  const costs = costsOf(api);

  it('has the same costs as the supergraph', () => {
    expect(costs.size).toBeGreaterThan(200);
    expect(costsOf(api, buildSchema(read('schema/supergraph.graphql')))).toEqual(costs);
  });

  it('has passwords in the inputs of the mutations that hash them', () => {
    const named = (isAsked: (cost: FieldCost) => boolean) =>
      [...costs].filter(([, cost]) => isAsked(cost)).map(([name]) => name.replace('Mutation.', ''));
    const taking = named(({ takesPassword }) => takesPassword);
    expect(taking).toEqual(expect.arrayContaining(['logIn', 'createAccount', 'changePassword', 'resetPassword']));
    for (const quick of ['refreshSession', 'completeLogIn', 'verifyEmail']) expect(taking).not.toContain(quick);
    const limited = new Set(named(({ isLogin }) => isLogin));
    expect(taking.filter((name) => !limited.has(name))).toEqual([]);
  });

  it('names the argument `first` of each list that has it as its size', () => {
    const paged = Object.values(api.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => field.args.some(({ name }) => name === 'first'))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(paged.length).toBeGreaterThan(20);
    expect(paged.filter((one) => !costs.get(one)!.size?.slicingArguments.includes('first'))).toEqual([]);
  });
});

describe('docs/limits.md', () => {
  const docs = read('docs/limits.md');
  const number = (value: number) => value.toLocaleString('en');

  it('has the weights and the limit', () => {
    const costs = [...docs.matchAll(/^\| (.+) \| ([\d,]+) \|$/gm)].map(([, part, cost]) => `${part}: ${cost}`);
    expect(costs.slice(0, 6)).toEqual([
      `an object, such as an edge, a photo or a rendition, each time that it can be in the answer: ${WEIGHTS.object}`,
      `a field without a selection set, in each object: ${WEIGHTS.leaf}`,
      `a page (a list whose size is an argument), in each object that has one: ${WEIGHTS.page}`,
      `a row of a connection, even if nothing of it is selected: ${WEIGHTS.row}`,
      `a read (a page, or a field that returns objects with \`@cost\`), once for each place in the operation: ${WEIGHTS.read}`,
      `each field or spread with fragments expanded, or each two tokens, whichever gives more: ${WEIGHTS.size}`,
    ]);
    expect(docs).toContain(`| cost | ${number(QUERY_LIMITS.cost)} |`);
    expect(docs).toContain(`at most ${MAX_PAGE} (`);
  });

  it('lists what carries `@cost`', () => {
    const api = parse(read('schema/api.graphql'));
    const carriers = new Map<number, string[]>();
    const add = (name: string, directives: readonly ConstDirectiveNode[] = []) => {
      for (const directive of directives) {
        if (directive.name.value !== 'cost') continue;
        const weight = Number(directive.arguments!.map(({ value }) => print(value))[0]);
        carriers.set(weight, [...(carriers.get(weight) ?? []), `\`${name}\``]);
      }
    };
    for (const type of api.definitions) {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
      add(type.name.value, type.directives);
      for (const field of type.fields ?? []) add(`${type.name.value}.${field.name.value}`, field.directives);
    }
    const rows = [...carriers].sort(([one], [other]) => other - one);
    const table = rows.map(([weight, names]) => `| ${number(weight)} | ${names.sort().join(', ')} |\n`).join('');
    expect(docs).toContain(`| \`@cost\` | on |\n| --- | --- |\n${table}\n`);
  });
});
