import type { RedisHandle } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';
import type { GatewayConfig } from '#server/gateway.config.ts';
import { createGateway, type GatewayOptions } from '#server/gateway.ts';
import { createStub, type Stub } from './subgraphs.ts';
import { createTokens, type Tokens } from './tokens.ts';

export type Answer = {
  status: number;
  headers: Headers;
  data?: unknown;
  errors?: { message: string; path?: string[]; extensions: { code: string; requestId?: string } }[];
};

export type StubGateway = {
  url: string;
  /** The paths of all routes, such as `/p/:id` and `/graphiql/*`. */
  paths: readonly string[];
  stub: Stub;
  tokens: Tokens;
  /** Sends an operation. */
  ask(
    query: string,
    options?: { variables?: object; token?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  close(): Promise<void>;
};

const HIGH = {
  ratePerSecond: 100_000,
  burst: 1_000_000,
  loginsPerMinute: 100_000,
  passwordQueue: 1_000,
  passwordWaitMs: 60_000,
  requestTimeoutMs: 10_000,
};

/** The real gateway with stub subgraphs. */
export async function startStubGateway(options: {
  redis: RedisHandle;
  limits?: Partial<GatewayConfig['limits']>;
  config?: Partial<GatewayConfig>;
  parts?: Partial<GatewayOptions>;
  stub?: Stub;
}): Promise<StubGateway> {
  const stub = options.stub ?? createStub();
  const tokens = await createTokens();
  const gateway = await createGateway({
    supergraphSdl: stub.supergraphSdl,
    subgraphs: stub.client,
    fetchJwks: async () => tokens.jwks,
    findSessionStatuses: async (ids) => ids.map(() => 'live'),
    findAppAccess: async () => null,
    answerAuthorization: async () => ({ status: 404, headers: [], body: '' }),
    redis: options.redis,
    log: createLog({ name: 'gateway', level: 'silent' }),
    config: {
      drainNoticeMs: 0,
      host: '127.0.0.1',
      port: 0,
      nodeEnv: 'test',
      introspection: true,
      explorer: true,
      publicUrl: 'http://127.0.0.1:4000',
      mediaBaseUrl: 'http://127.0.0.1:9000/media',
      trustProxy: [],
      corsOrigins: [],
      ...options.config,
      limits: { ...HIGH, ...options.limits },
    },
    ...options.parts,
  });
  return {
    url: gateway.url,
    paths: pathsOf(gateway.app.printRoutes()),
    stub,
    tokens,
    close: gateway.close,
    async ask(query, { variables, token, headers } = {}) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    },
  };
}

/**
 * Reads the tree that Fastify prints, such as `├── graph`, with `│   └── ql (GET, POST)` below it for `/graphql`. Lines
 * without methods are no routes.
 */
function pathsOf(tree: string): string[] {
  const begun: string[] = [];
  return tree
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, branch, rest, methods] = /^(.*?── )(\S*)(?: (\(.*\)))?/.exec(line)!;
      const level = branch!.length / 4 - 1;
      begun[level] = `${begun[level - 1] ?? ''}${rest}`;
      return methods ? [begun[level]] : [];
    });
}
