import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, serveSubgraph } from '@tintype/graphql';
import { createLog } from '@tintype/telemetry';
import type { GatewayOptions } from '#server/gateway.ts';
import { type EventReader, readEvents } from './event-reader.ts';
import { type StubGateway, startStubGateway } from './gateway.ts';
import { createNotifications, type NotificationsStub } from './notifications.ts';
import { createPosts, type PostsStub } from './posts.ts';
import type { OwnRedis } from './redis.ts';
import { createStub } from './subgraphs.ts';

export const LISTEN = 'subscription { notificationAdded { id changeId text } }';

export type ListenOptions = {
  query?: string;
  variables?: object;
  token?: string | null;
  from?: string;
  headers?: Record<string, string>;
  method?: 'GET' | 'POST';
};

export type LiveGateway = StubGateway & {
  notifications: NotificationsStub;
  posts: PostsStub;
  /** Subscribes, as account 42 if no token is given. Closed with the gateway. */
  listen(options?: ListenOptions): Promise<EventReader>;
  /** Closes the gateway, but not its clients. */
  drain(): Promise<void>;
};

/** A gateway with subgraphs over HTTP. Two of them own notifications and posts. */
export async function startLiveGateway(options: {
  redis: OwnRedis;
  limits?: Parameters<typeof startStubGateway>[0]['limits'];
  config?: Parameters<typeof startStubGateway>[0]['config'];
  live?: GatewayOptions['live'];
  parts?: Partial<GatewayOptions>;
}): Promise<LiveGateway> {
  const secret = 'a secret of the processes of this test';
  const log = createLog({ name: 'test', level: 'silent' });
  const directory = await mkdtemp(join(tmpdir(), 'tintype-live-'));
  const notifications = createNotifications(options.redis.handle);
  const posts = createPosts(options.redis.handle);
  const stub = createStub([notifications, posts]);
  const served = await Promise.all(
    stub.subgraphs.map(async (subgraph) => {
      const listen = { socketPath: join(directory, subgraph.name) };
      const { url, close } = await serveSubgraph({ subgraph, secret, listen, ready: async () => ({}), log });
      return { name: subgraph.name, url, close };
    }),
  );
  const urls = Object.fromEntries(served.map(({ name, url }) => [name, [url]]));
  const subgraphs = createHttpClient({ service: 'gateway', urls, secret, log });
  const gateway = await startStubGateway({
    redis: options.redis.handle,
    limits: options.limits ?? {},
    config: options.config ?? {},
    stub,
    parts: { ...options.parts, subgraphs, ...(options.live && { live: options.live }) },
  });
  const readers: EventReader[] = [];
  return {
    ...gateway,
    notifications,
    posts,
    async listen({ query = LISTEN, variables, token, from, headers = {}, method = 'GET' } = {}) {
      const bearer = token === undefined ? await gateway.tokens.sign() : token;
      const search = new URLSearchParams({ query, ...(variables && { variables: JSON.stringify(variables) }) });
      const isGet = method === 'GET';
      const reader = await readEvents(`${gateway.url}/events${isGet ? `?${search}` : ''}`, {
        method,
        headers: {
          ...(bearer && { authorization: `Bearer ${bearer}` }),
          ...(from !== undefined && { 'last-event-id': from }),
          ...(!isGet && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(!isGet && { body: JSON.stringify({ query, variables }) }),
      });
      readers.push(reader);
      return reader;
    },
    drain: gateway.close,
    async close() {
      for (const reader of readers) reader.close();
      await gateway.close();
      await subgraphs.close();
      for (const one of served) await one.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
