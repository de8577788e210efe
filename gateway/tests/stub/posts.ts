import { createSubgraph } from '@tintype/graphql';
import { createSignalPublisher, type RedisHandle } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';
import type { StubPart } from './subgraphs.ts';

const POSTS = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { post(id: ID!): Post }
  type Subscription { postUpdated(id: ID!): Post! }
  type Post @key(fields: "id") { id: ID! state: PostState! failureReason: String }
  enum PostState { PROCESSING PUBLISHED FAILED }
`;

type State = 'PROCESSING' | 'PUBLISHED' | 'FAILED';

export type PostsStub = StubPart & {
  /** Creates a post or changes its state; null hides it. */
  set(id: string, state: State | null, options?: { silent?: boolean }): Promise<void>;
  /** Whether queries fail from now on. */
  isFailing: boolean;
  /** The number of queries so far. */
  reads: number;
  /** Called before the next queries, one before each. */
  beforeRead: (() => Promise<void>)[];
};

/** The owner of posts as the gateway sees it: states, with a signal for each change. All viewers see the same posts. */
export function createPosts(redis: RedisHandle): PostsStub {
  const states = new Map<string, State>();
  const signals = createSignalPublisher({ redis, owner: 'post' });
  const subgraph = createSubgraph({
    name: 'post',
    typeDefs: POSTS,
    log: createLog({ name: 'stub', level: 'silent' }),
    createLoaders: () => ({}),
    resolvers: {
      Query: {
        async post(_: unknown, { id }: { id: string }) {
          stub.reads += 1;
          if (stub.isFailing) throw new Error('the store of posts is away');
          await stub.beforeRead.shift()?.();
          const state = states.get(id.replace('Post_', ''));
          return state ? { id, state, failureReason: state === 'FAILED' ? 'No photo.' : null } : null;
        },
      },
      Post: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
    },
  });
  const stub: PostsStub = {
    subgraph,
    typeDefs: POSTS,
    isFailing: false,
    reads: 0,
    beforeRead: [],
    async set(id, state, { silent = false } = {}) {
      if (state) states.set(id, state);
      else states.delete(id);
      if (!silent) await signals.publish([{ subject: id, version: state ?? 'DELETED' }]);
    },
  };
  return stub;
}
