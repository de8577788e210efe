import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readCosts } from './costs.ts';
import { QUERY_LIMITS, WEIGHTS } from './limits.ts';
import { costOf, createQueryAnalyser } from './query.analysis.ts';

const schema = buildSchema(`
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  directive @loginLimit on FIELD_DEFINITION
  type Query {
    me: User
    search(first: Int = 20): [Result!]! @listSize(slicingArguments: ["first"]) @cost(weight: 2000)
    user(username: String!): User
    posts(first: Int = 20): [Post!]! @listSize(slicingArguments: ["first"])
    nodes(ids: [ID!]!): [User]! @listSize(assumedSize: 100)
  }
  type Mutation {
    logIn(code: Int): User @loginLimit
    createAccount(input: AccountInput): User @loginLimit
    like(id: ID!): User
  }
  input AccountInput { newPassword: String }
  type User @cost(weight: 8) {
    id: ID!
    username: String!
    posts(first: Int = 20, after: String, last: Int): PostConnection!
      @listSize(slicingArguments: ["first", "last"], sizedFields: ["edges"])
    best: Post
    mutualFollowerCount: Int! @cost(weight: 20)
  }
  type PostConnection { edges: [PostEdge!]! pageInfo: PageInfo! }
  type PostEdge { cursor: String! node: Post }
  type PageInfo { hasNextPage: Boolean! }
  type Post @cost(weight: 8) {
    id: ID!
    caption: String!
    author: User
    media: [Media!]! @listSize(assumedSize: 20)
    hashtags: [String!]! @listSize(assumedSize: 30)
  }
  type Media { altText: String! }
  union Result = User | Media
`);

const analyser = createQueryAnalyser(schema, readCosts(schema));

/** The cost of each operation without the size of its document. */
function costs(query: string, variables: Record<string, unknown> = {}): number[] {
  return analyser.analyse(query).map((operation) => costOf(operation, variables) - operation.size * WEIGHTS.size);
}

const refusing = (code: string) => expect.objectContaining({ code, status: 400 });

/** `count` fragments, each of which spreads the next one twice. */
function doubling(count: number, leaf: string): string {
  const fragments = Array.from({ length: count }, (_, index) => {
    const next = index + 1 === count ? leaf : `...F${index + 1} ...F${index + 1}`;
    return `fragment F${index} on User { ${next} }`;
  });
  return `{ me { ...F0 } } ${fragments.join(' ')}`;
}

const { object, leaf, page, row, read } = WEIGHTS;
/** The cost of a user and a post in the schema. */
const identified = 8;

describe('cost', () => {
  const costOfOne = (query: string, variables?: Record<string, unknown>) => costs(query, variables)[0];

  it('counts an object for each ID in a list', () => {
    const one = costs('{ nodes(ids: ["a"]) { id } }')[0]!;
    const each = identified + leaf;
    expect(one).toBe(each + page + read);
    expect(costs('{ nodes(ids: ["a", "b", "c"]) { id } }')).toEqual([one + 2 * each]);
    const listed = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(costs(listed, { ids: ['a', 'b', 'c'] })).toEqual([one + 2 * each]);
    expect(costs(listed, { ids: Array.from({ length: 1000 }, String) })).toEqual([one + 99 * each]);
  });

  it('is that of each object, of each field in it, and of each read', () => {
    expect(costOfOne('{ me { id username __typename } }')).toBe(read + identified + 3 * leaf);
    expect(costOfOne('{ me { id best { id author { id } } } }')).toBe(3 * (read + identified + leaf));
  });

  it('multiplies the rows and edges of a connection by its page, and nothing else of it', () => {
    const query = '{ me { posts(first: 7) { edges { node { id } } pageInfo { hasNextPage } } } }';
    // Reads for all posts: me, the page, and the fields of its edges.
    const once = 3 * read + page + identified + 2 * object + leaf;
    expect(costOfOne(query)).toBe(once + 7 * (row + object + identified + leaf));
  });

  const pageOf = (size: number) => 2 * read + page + identified + object + size * (row + object + leaf);

  it('takes the page from a variable, its default, or the default of the list', () => {
    const query = 'query($first: Int = 5) { me { posts(first: $first) { edges { cursor } } } }';
    expect(costOfOne(query, { first: 50 })).toBe(pageOf(50));
    expect(costOfOne(query)).toBe(pageOf(5));
    expect(costOfOne('{ me { posts { edges { cursor } } } }')).toBe(pageOf(20));
    const withoutDefault = 'query($first: Int) { me { posts(first: $first) { edges { cursor } } } }';
    expect(costOfOne(withoutDefault, { first: null })).toBe(pageOf(20));
  });

  it('adds up the sizes if an operation gives several', () => {
    const query = 'query($last: Int) { me { posts(first: 7, last: $last) { edges { cursor } } } }';
    expect(costOfOne(query, { last: 5 })).toBe(pageOf(12));
  });

  it('counts the rows of a page that nothing is selected of', () => {
    const query = '{ me { posts(first: 100) { pageInfo { hasNextPage } } } }';
    expect(costOfOne(query)).toBe(2 * read + page + identified + 2 * object + leaf + 100 * row);
  });

  it('counts a list of values as one value', () => {
    expect(costOfOne('{ me { best { hashtags } } }')).toBe(2 * (read + identified) + leaf);
  });

  it('counts at most the largest page, because the list itself refuses a larger one', () => {
    const query = 'query($first: Int) { me { posts(first: $first) { edges { cursor } } } }';
    expect(costOfOne(query, { first: 10_000 })).toBe(pageOf(100));
    for (const first of [0, -1]) expect(costOfOne(query, { first })).toBe(pageOf(1));
    for (const first of ['ten', Number.NaN]) expect(costOfOne(query, { first })).toBe(pageOf(20));
  });

  it('multiplies lists within lists, through fragments too', () => {
    const query = `
      query($outer: Int!) { me { posts(first: $outer) { ...Page } } }
      fragment Page on PostConnection { edges { node { media { altText } } } }`;
    const once = 3 * read + page + identified + object;
    // An edge, its node, and up to 20 photos.
    expect(costOfOne(query, { outer: 10 })).toBe(once + 10 * (row + object + identified + 20 * (object + leaf)));
  });

  it('has a page for each object under which there is one', () => {
    const query = '{ me { posts(first: 10) { edges { node { author { posts(first: 1) { edges { cursor } } } } } } } }';
    const inner = page + row + 2 * object + leaf;
    expect(costOfOne(query)).toBe(5 * read + page + identified + object + 10 * (row + object + 2 * identified + inner));
  });

  it('multiplies a list that is paged without edges', () => {
    const once = read + page;
    expect(costOfOne('{ posts(first: 3) { media { altText } } }')).toBe(once + 3 * (identified + 20 * (object + leaf)));
  });

  it('refuses what costs too much, by its variables', () => {
    const query = `query($a: Int, $b: Int) {
      me { posts(first: $a) { edges { node { author { posts(first: $b) { edges { node { id } } } } } } } } }`;
    expect(costOfOne(query, { a: 10, b: 10 })).toBeLessThan(QUERY_LIMITS.cost);
    expect(() => costs(query, { a: 100, b: 100 })).toThrow(refusing('QUERY_TOO_COSTLY'));
  });

  it('has the size of the document in it', () => {
    const [operation] = analyser.analyse(`{ me { ${Array.from({ length: 20 }, (_, n) => `a${n}: id`).join(' ')} } }`);
    expect(operation!.size).toBeGreaterThan(21);
    expect(costOf(operation!, {})).toBe(read + identified + 20 * leaf + operation!.size * WEIGHTS.size);
  });

  it('lets a home feed of forty posts pass, and no list under each of a list under each of a list', () => {
    const operations = new URL('../../../schema/operations/', import.meta.url);
    const publicSchema = buildSchema(readFileSync(new URL('../api.graphql', operations), 'utf8'));
    const api = createQueryAnalyser(publicSchema, readCosts(publicSchema));
    const costOfFile = (name: string, variables: Record<string, unknown>) =>
      costOf(api.analyse(readFileSync(new URL(name, operations), 'utf8'))[0]!, variables);
    for (const name of readdirSync(operations)) {
      expect(costOfFile(name, {}), name).toBeLessThan(0.7 * QUERY_LIMITS.cost);
      expect(costOfFile(name, { first: 40 }), name).toBeLessThanOrEqual(QUERY_LIMITS.cost);
    }
    const page = (of: string) => `followers(first: 59) { edges { node { ${of} } } }`;
    const nested = `{ user(username: "a") { ${page(page('following(first: 1) { edges { node { id } } }'))} } }`;
    expect(() => costOf(api.analyse(nested)[0]!, {})).toThrow(refusing('QUERY_TOO_COSTLY'));
  });

  it('is more for fields that do more than find something', () => {
    const difference =
      costOfOne('{ search(first: 1) { __typename } }')! - costOfOne('{ posts(first: 1) { __typename } }')!;
    expect(difference).toBe(2000);
    const ofEach = (field: string) =>
      costOfOne(`{ me { posts(first: 40) { edges { node { author { ${field} } } } } } }`)!;
    expect(ofEach('mutualFollowerCount') - ofEach('username')).toBe(40 * 20);
  });
});

describe('fragments', () => {
  it('are counted as often as they are spread', () => {
    const query = '{ me { ...Best } user(username: "a") { ...Best } } fragment Best on User { best { id } }';
    expect(costs(query)).toEqual([4 * (read + identified) + 2 * leaf]);
  });

  it('that double are refused, whatever they hold', () => {
    expect(() => costs(doubling(25, 'id'))).toThrow(refusing('QUERY_TOO_LARGE'));
    expect(() => costs(doubling(80, 'best { id }'))).toThrow(refusing('QUERY_TOO_LARGE'));
    expect(() => costs(doubling(80, 'a: id'))).toThrow(refusing('QUERY_TOO_LARGE'));
  });

  it('that double are refused even if nothing uses the first of them', () => {
    expect(() => costs(doubling(30, 'id').replace('...F0', 'id'))).toThrow(refusing('QUERY_TOO_LARGE'));
  });

  it('that go round in circles are refused', () => {
    const loop = 'fragment A on User { best { author { ...B } } } fragment B on User { ...A }';
    expect(() => costs(`{ me { ...A } } ${loop}`)).toThrow(refusing('FRAGMENT_CYCLE'));
    expect(() => costs(`{ me { id } } ${loop}`)).toThrow(refusing('FRAGMENT_CYCLE'));
    expect(() => costs('{ me { ...A } } fragment A on User { ...A }')).toThrow(refusing('FRAGMENT_CYCLE'));
  });

  it('that do not exist are left to validation', () => {
    expect(costs('{ me { ...Nowhere } }')).toEqual([read + identified]);
  });
});

describe('the shape of a document', () => {
  const nested = (levels: number) => `{ me { ${'best { author { '.repeat(levels)} id ${'} } '.repeat(levels)} } }`;

  it('has a greatest depth', () => {
    expect(costs(nested(5))).toHaveLength(1);
    expect(() => costs(nested(6))).toThrow(refusing('QUERY_TOO_DEEP'));
    const through = '{ me { ...A } } fragment A on User { best { author { best { author { ...B } } } } }';
    const below = 'fragment B on User { best { author { best { author { best { author { best { id } } } } } } } }';
    expect(() => costs(`${through} ${below}`)).toThrow(refusing('QUERY_TOO_DEEP'));
  });

  it('has a greatest number of aliases', () => {
    const aliases = (count: number) => `{ me { ${Array.from({ length: count }, (_, i) => `a${i}: id`).join(' ')} } }`;
    expect(costs(aliases(QUERY_LIMITS.aliases))).toHaveLength(1);
    expect(() => costs(aliases(QUERY_LIMITS.aliases + 1))).toThrow(refusing('TOO_MANY_ALIASES'));
  });

  it('has a greatest number of directives, wherever they are', () => {
    expect(() => costs(`{ me { id ${'@a '.repeat(51)} } }`)).toThrow(refusing('TOO_MANY_DIRECTIVES'));
    expect(() => costs(`query ${'@a '.repeat(51)} { me { id } }`)).toThrow(refusing('TOO_MANY_DIRECTIVES'));
    expect(() => costs(`query($a: Int ${'@a '.repeat(51)}) { me { id } }`)).toThrow(refusing('TOO_MANY_DIRECTIVES'));
    expect(() => costs(`{ me { ...F } } fragment F on User ${'@a '.repeat(51)} { id }`)).toThrow(
      refusing('TOO_MANY_DIRECTIVES'),
    );
  });

  it('has a greatest number of root fields, and of tokens', () => {
    expect(() => costs(`{ ${'me { id } '.repeat(21)} }`)).toThrow(refusing('TOO_MANY_ROOT_FIELDS'));
    expect(() => costs(`{ me { ${'id '.repeat(2000)} } }`)).toThrow(refusing('QUERY_TOO_LONG'));
  });

  it.each([
    ['lists', (levels: number) => `{ user(username: ${'['.repeat(levels)}`],
    ['objects', (levels: number) => `{ user(username: ${'{ a: '.repeat(levels)}`],
    ['types', (levels: number) => `query($a: ${'['.repeat(levels)}`],
    ['selection sets', (levels: number) => '{ '.repeat(levels)],
    ['inline fragments', (levels: number) => `{ me ${'{ ... '.repeat(levels)}`],
    ['arguments of directives', (levels: number) => `{ me @a(a: ${'[{ a: '.repeat(levels / 2)}`],
  ])('is refused before it is parsed where %s are nested deeply', (_what, open) => {
    const { brackets, tokens } = QUERY_LIMITS;
    for (const levels of [brackets + 2, 600, tokens, 45_000]) {
      expect(() => costs(open(levels))).toThrow(refusing('QUERY_TOO_DEEP'));
    }
    // Within the limit, the parser reports the error.
    expect(costs(open(brackets - 4))).toEqual([]);
  });

  it('may be the introspection of an explorer, and no deeper one', () => {
    const options = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      inputValueDeprecation: true,
    };
    expect(costs(getIntrospectionQuery({ ...options, schemaDescription: true }))[0]).toBeLessThan(QUERY_LIMITS.cost);
    const types = (levels: number) =>
      `{ __schema { types { ${'fields { type { '.repeat(levels)} name ${'} } '.repeat(levels)} } } }`;
    expect(() => costs(types(5))).toThrow(refusing('QUERY_TOO_COSTLY'));
    expect(() => costs(types(9))).toThrow(refusing('QUERY_TOO_DEEP'));
  });

  it('with a syntax error has no operations, and fails when it is run', () => {
    expect(costs('{ me {')).toEqual([]);
    expect(costs('')).toEqual([]);
  });
});

describe('operations', () => {
  it('are distinguished, with the root fields that log in, and those that take a password', () => {
    const operations = analyser.analyse(`
      query A { me { id } }
      mutation B { one: logIn(code: 1) { id } ...More like(id: 1) { id } }
      fragment More on Mutation { two: logIn(code: 2) { id } createAccount { id } }`);
    expect(operations).toMatchObject([
      { name: 'A', isMutation: false, rootFields: 1, logins: 0, passwords: 0 },
      { name: 'B', isMutation: true, rootFields: 4, logins: 3, passwords: 1 },
    ]);
  });
});
