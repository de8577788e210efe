import { composeServices } from '@apollo/composition';
import { createLocalClients, createSubgraph, RequestError, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { createLog } from '@tintype/telemetry';
import type { Identity } from '@tintype/viewer';
import { parse } from 'graphql';

const PEOPLE = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost", "@listSize", "@composeDirective"])
    @link(url: "https://specs.tintype.internal/directives/v1.0", import: ["@authenticated", "@loginLimit"])
    @composeDirective(name: "@authenticated")
    @composeDirective(name: "@loginLimit")
  directive @authenticated on FIELD_DEFINITION
  directive @loginLimit on FIELD_DEFINITION
  type Query {
    "The account that is logged in; null for a visitor."
    me: User
    "The account with this username."
    user("The username, without the @." username: String!): User
    slow(ms: Int!): String
    broken: String
    private: String @authenticated
    badCursor: String
  }
  type Mutation {
    logIn(input: LogInInput!): AuthPayload! @loginLimit
    count: Int!
  }
  input LogInInput { identifier: String! password: String! }
  type AuthPayload { user: User accessToken: String errors: [UserError!]! @listSize(assumedSize: 20) }
  type UserError { code: String! message: String! path: [String!]! @listSize(assumedSize: 5) }
  "Someone with an account."
  type User @key(fields: "id") @cost(weight: 8) { id: ID! username: String! avatar(size: Size = SMALL): String }
  enum Size { SMALL LARGE }
`;

const PHOTOS = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost", "@listSize"])
  type User @key(fields: "id") {
    id: ID!
    posts(first: Int = 20, after: String): PostConnection
      @listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)
  }
  type PostConnection { edges: [PostEdge!]! pageInfo: PageInfo! }
  type PostEdge { cursor: String! node: Post }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Post @key(fields: "id") @cost(weight: 8) {
    id: ID!
    caption: String!
    author: User!
    media: [Media!]! @listSize(assumedSize: 20)
  }
  type Media @cost(weight: 1) { altText: String! }
`;

export type Stub = {
  supergraphSdl: string;
  client: SubgraphClient;
  subgraphs: readonly Subgraph[];
  /** The identities of all fetches. */
  identities: Identity[];
  /** The number of aborted fetches. */
  aborted: number;
  /** What resolvers ran, in order: fields that log in or write, and lists with their page size. */
  ran: ('logIn' | 'count' | { posts: number })[];
};

/** An additional subgraph with its SDL. */
export type StubPart = { subgraph: Subgraph; typeDefs: string };

/** Two federated subgraphs in this process, and the given ones: a small model of the platform. */
export function createStub(parts: readonly StubPart[] = []): Stub {
  const log = createLog({ name: 'stub', level: 'silent' });
  const user = (username: string) => ({ id: '7', username });
  let counted = 0;
  const stub: Pick<Stub, 'identities' | 'aborted' | 'ran'> = { identities: [], aborted: 0, ran: [] };
  const people = createSubgraph({
    name: 'people',
    typeDefs: PEOPLE,
    log,
    createLoaders: () => ({}),
    resolvers: {
      Query: {
        me: (_: unknown, __: unknown, context: { viewer: unknown }) => (context.viewer ? user('me') : null),
        user: (_: unknown, { username }: { username: string }) => user(username),
        slow: async (_: unknown, { ms }: { ms: number }, { signal }: { signal: AbortSignal }) => {
          signal.addEventListener('abort', () => {
            stub.aborted += 1;
          });
          await new Promise((resolve) => setTimeout(resolve, ms).unref());
          return 'done';
        },
        broken: () => {
          throw new Error('SELECT secret FROM host.internal');
        },
        private: () => 'seen',
        badCursor: () => {
          throw new RequestError('BAD_CURSOR', 'this cursor is not one of this list');
        },
      },
      Mutation: {
        logIn: () => {
          stub.ran.push('logIn');
          return { user: user('me'), accessToken: 'token', errors: [] };
        },
        count: () => {
          stub.ran.push('count');
          return ++counted;
        },
      },
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id, username: `user-${id}` }),
        avatar: () => null,
      },
    },
  });
  const photos = createSubgraph({
    name: 'photos',
    typeDefs: PHOTOS,
    log,
    createLoaders: () => ({}),
    resolvers: {
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        posts: ({ id }: { id: string }, { first }: { first: number }) => {
          stub.ran.push({ posts: first });
          return {
            edges: Array.from({ length: Math.min(first, 3) }, (_, index) => ({
              cursor: String(index),
              node: { id: String(index), caption: `photo ${index}`, author: { id }, media: [{ altText: 'a photo' }] },
            })),
            pageInfo: { hasNextPage: false, endCursor: null },
          };
        },
      },
    },
  });
  const subgraphs = [people, photos, ...parts.map((part) => part.subgraph)];
  const local = createLocalClients(new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])))('gateway');
  const services = [
    { name: 'people', typeDefs: parse(PEOPLE) },
    { name: 'photos', typeDefs: parse(PHOTOS) },
    ...parts.map(({ subgraph, typeDefs }) => ({ name: subgraph.name, typeDefs: parse(typeDefs) })),
  ];
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(errors?.join('\n'));
  return Object.assign(stub, {
    supergraphSdl,
    subgraphs,
    client: {
      ...local,
      execute: (name: string, request: Parameters<SubgraphClient['execute']>[1]) => {
        stub.identities.push(request.identity);
        return local.execute(name, request);
      },
    },
  });
}
