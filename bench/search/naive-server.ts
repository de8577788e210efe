import { buildSchema } from 'graphql';
import pg from 'pg';
import { servePlainly } from '#fixture/plain-server.ts';

// The baseline for search: ILIKE '%…%' behind graphql-js on bare HTTP, without a gateway, limits, a policy or typo
// tolerance. Started with DATABASE_URL and PORT.

const schema = buildSchema(`
  type Query { search(query: String!, first: Int): Connection! suggest(prefix: String!): [Suggestion!]! }
  type Connection { edges: [Edge!]! }
  type Edge { node: Result }
  type Suggestion { text: String! node: Result }
  union Result = User | Post
  type User { id: ID! username: String! displayName: String! }
  type Post { id: ID! caption: String! }
`);

const PEOPLE = `
  SELECT 'User' AS "__typename", a.id::text, a.username, a.display_name AS "displayName"
  FROM "user".account a LEFT JOIN social_graph.person p ON p.user_id = a.id
  WHERE a.username ILIKE $1 OR a.display_name ILIKE $1 ORDER BY p.follower_count DESC NULLS LAST LIMIT $2`;

const POSTS = `
  SELECT 'Post' AS "__typename", p.id::text, p.caption FROM post.post p
  WHERE p.state = 'PUBLISHED' AND p.deleted_at IS NULL AND p.caption ILIKE $1 ORDER BY p.published_at DESC LIMIT $2`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 8 });
type Found = { __typename: string; username?: string };

async function find(name: string, text: string, typed: string, first: number): Promise<Found[]> {
  const pattern = `%${typed.replace(/[\\%_]/g, '\\$&')}%`;
  return (await pool.query<Found>({ name, text, values: [pattern, first] })).rows;
}

const rootValue = {
  async search({ query, first }: { query: string; first: number }) {
    const [people, posts] = await Promise.all([
      find('people', PEOPLE, query, first),
      find('posts', POSTS, query, first),
    ]);
    return { edges: [...people, ...posts].slice(0, first).map((node) => ({ node })) };
  },
  async suggest({ prefix }: { prefix: string }) {
    return (await find('people', PEOPLE, prefix, 8)).map((node) => ({ text: `@${node.username}`, node }));
  },
};

servePlainly(schema, () => rootValue);
