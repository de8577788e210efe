import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gql, InMemoryCache } from '@apollo/client/core';
import { relayStylePagination } from '@apollo/client/utilities';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { buildSchema, introspectionFromSchema, isAbstractType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Tests the public schema with popular clients.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const API = join(ROOT, 'schema/api.graphql');
const schema = buildSchema(readFileSync(API, 'utf8'));
const introspection = introspectionFromSchema(schema);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(ROOT, 'schema/generated/clients-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Lists to page through, by their parent type. */
const LISTS = [
  ['User', 'posts', 'caption'],
  ['Post', 'comments', 'text'],
  ['User', 'followers', 'username'],
  ['Query', 'homeFeed', 'caption'],
  ['Hashtag', 'recentPosts', 'caption'],
] as const;

test('relay-compiler makes queries that refetch every list by its parent', () => {
  const fragments = LISTS.map(([type, list, field]) => {
    const name = `lists_${type}${list}`;
    return `graphql\`
      fragment ${name} on ${type}
      @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" })
      @refetchable(queryName: "lists${type}${list}Query") {
        ${list}(first: $first, after: $after) @connection(key: "${name}_${list}") { edges { node { id ${field} } } }
      }\`;`;
  });
  const source = join(folder, 'relay');
  mkdirSync(join(source, '__generated__'), { recursive: true });
  writeFileSync(join(source, 'lists.js'), fragments.join('\n'));
  const config = {
    src: '.',
    schema: '../../../api.graphql',
    language: 'typescript',
    artifactDirectory: '__generated__',
  };
  writeFileSync(join(source, 'relay.config.json'), JSON.stringify(config));
  const compiler = join(ROOT, 'node_modules/relay-compiler/cli.js');
  execFileSync(process.execPath, [compiler, 'relay.config.json'], { cwd: source, stdio: 'pipe' });
  expect(readdirSync(join(source, '__generated__'))).toHaveLength(2 * LISTS.length);
  for (const [type, list] of LISTS) {
    const query = readFileSync(join(source, '__generated__', `lists${type}${list}Query.graphql.ts`), 'utf8');
    expect(query.includes('node(id: $id)')).toBe(type !== 'Query');
  }
});

type Page = { user: { __typename: 'User'; id: string; posts: object } };

/** A page of posts by one account. */
function pageOf(ids: readonly string[], hasNextPage: boolean): Page {
  const edges = ids.map((id) => {
    return {
      __typename: 'PostEdge',
      cursor: `cursor of ${id}`,
      node: { __typename: 'Post', id, caption: `caption of ${id}` },
    };
  });
  const [startCursor, endCursor] = [edges.at(0)!.cursor, edges.at(-1)!.cursor];
  const pageInfo = { __typename: 'PageInfo', hasNextPage, hasPreviousPage: false, startCursor, endCursor };
  return { user: { __typename: 'User', id: 'User_1', posts: { __typename: 'PostConnection', edges, pageInfo } } };
}

const POSTS = `query Posts($id: ID!, $after: String) {
  user(id: $id) {
    __typename
    id
    posts(first: 2, after: $after) {
      __typename
      edges { __typename cursor node { __typename id caption } }
      pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;
const PAGES = [pageOf(['Post_4', 'Post_3'], true), pageOf(['Post_2', 'Post_1'], false)] as const;
const MERGED = ['Post_4', 'Post_3', 'Post_2', 'Post_1'];
const idsOf = (data: unknown) => {
  const { user } = data as { user: { posts: { edges: { node: { id: string } }[] } } };
  return user.posts.edges.map(({ node }) => node.id);
};

test('Apollo Client merges pages with relayStylePagination, and finds nodes in its cache', () => {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  const possibleTypes = Object.fromEntries(
    abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
  const cache = new InMemoryCache({
    possibleTypes,
    typePolicies: { User: { fields: { posts: relayStylePagination(['states']) } } },
  });
  const query = gql(POSTS);
  cache.writeQuery({ query, variables: { id: 'User_1' }, data: PAGES[0] });
  cache.writeQuery({ query, variables: { id: 'User_1', after: 'cursor of Post_3' }, data: PAGES[1] });
  expect(idsOf(cache.readQuery({ query, variables: { id: 'User_1' } }))).toEqual(MERGED);
  const fragment = gql('fragment Known on Node { id ... on Post { caption } }');
  expect(cache.readFragment({ id: 'Post:Post_2', fragment })).toMatchObject({ caption: 'caption of Post_2' });
});

test("urql's graphcache knows the schema and merges pages with relayPagination", async () => {
  let asked = 0;
  const client = new Client({
    url: 'http://gateway.test/graphql',
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        schema: introspection,
        keys: Object.fromEntries(['Avatar', 'PageInfo', 'Rendition'].map((name) => [name, () => null])),
        resolvers: { User: { posts: relayPagination() } },
      }),
      fetchExchange,
    ],
    fetch: async () => Response.json({ data: PAGES[asked++] }),
  });
  await client.query(POSTS, { id: 'User_1' });
  const { data, error } = await client.query(POSTS, { id: 'User_1', after: 'cursor of Post_3' });
  expect(error).toBeUndefined();
  expect(idsOf(data)).toEqual(MERGED);
  expect(asked).toBe(2);
  // Everything comes from the cache, because graphcache knows which fields may be null.
  expect(idsOf((await client.query(POSTS, { id: 'User_1' }, { requestPolicy: 'cache-only' })).data)).toEqual(MERGED);
});

test('gql.tada infers the types of variables and results', () => {
  const source = join(folder, 'tada');
  mkdirSync(source);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'esnext',
    types: [],
    skipLibCheck: true,
  };
  writeFileSync(join(source, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(source, 'schema.d.ts'), `export type introspection = ${JSON.stringify(introspection)};`);
  writeFileSync(
    join(source, 'sample.ts'),
    `import { initGraphQLTada, type ResultOf, type VariablesOf } from 'gql.tada';
    import type { introspection } from './schema.d.ts';
    const graphql = initGraphQLTada<{ introspection: introspection; scalars: { DateTime: string } }>();
    const Found = graphql('query Found($id: ID!) { node(id: $id) { __typename id ... on Post { caption publishedAt } } }');
    export const variables: VariablesOf<typeof Found> = { id: 'Post_1' };
    export function captionOf({ node }: ResultOf<typeof Found>): string | null {
      if (node?.__typename !== 'Post') return null;
      const publishedAt: string | null = node.publishedAt;
      return publishedAt && node.caption;
    }
    // @ts-expect-error A variable is missing.
    export const incomplete: VariablesOf<typeof Found> = {};
    // @ts-expect-error The query does not ask for it.
    export const unasked = (result: ResultOf<typeof Found>) => result.node?.createdAt;`,
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  expect(() => execFileSync(process.execPath, [tsc, '-p', source], { stdio: 'pipe', encoding: 'utf8' })).not.toThrow();
});
