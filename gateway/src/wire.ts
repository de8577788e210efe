import { withTimeout } from '@tintype/bounds';
import type { EventBus } from '@tintype/events';
import {
  createHttpClient,
  createLocalClients,
  dataOf,
  platformIdentity,
  READY_TIMEOUTS,
  SESSION_CHECK_MS,
  type Subgraph,
  type SubgraphClient,
  serveHealth,
} from '@tintype/graphql';
import { connectRedis, type RedisHandle } from '@tintype/redis';
import {
  AnswerAuthorizationRequestDocument,
  AppAccessDocument,
  LiveSessionsDocument,
  SigningKeysDocument,
} from '@tintype/schema/internal/user';
import { SUBGRAPHS, type SubgraphName, supergraphSdl } from '@tintype/schema/subgraphs';
import {
  type Closeable,
  checkReady,
  closeAll,
  loadWire,
  mediaSettings,
  openResources,
  type PlatformConfig,
  publicSettings,
  type Resources,
  startWorkers,
  type Worker,
} from '@tintype/service';
import { createLog } from '@tintype/telemetry';
import type { JSONWebKeySet } from 'jose';
import type { Authenticated } from '#auth/authenticator.ts';
import type { SessionStatus } from '#auth/session-state.ts';
import { gatewaySettings } from './config.ts';
import { createGateway } from './server/gateway.ts';

export type Platform = Closeable & {
  /** The address of the gateway, without a path. */
  url: string;
  /** The address of the process's health and metrics, without a path. */
  healthUrl: string;
  /** The subgraphs of this process, looked up with each call, so that a test can remove one. */
  subgraphs: Map<string, Subgraph>;
};

/**
 * The gateway with all subgraphs and their workers in this process. If the configuration has addresses of the
 * subgraphs, the gateway alone, which needs only Redis.
 */
export async function startPlatform(
  config: PlatformConfig,
  options: { onStatement?: (text: string) => void } = {},
): Promise<Platform> {
  const opened: Closeable[] = [];
  const gatewayConfig = config.of(gatewaySettings);
  const isAlone = Object.keys(config.subgraphUrls).length > 0;
  const log = createLog({ name: isAlone ? 'gateway' : 'tintype', level: config.logLevel });
  const open = <T extends Closeable>(part: T): T => {
    opened.push(part);
    return part;
  };
  try {
    const subgraphs = new Map<string, Subgraph>();
    const clientOf = createLocalClients(subgraphs);
    const client = isAlone
      ? open(createHttpClient({ service: 'gateway', urls: config.subgraphUrls, secret: config.secret, log }))
      : clientOf('gateway');
    const resources = isAlone ? null : open(await openResources(config, 'tintype', { owner: 'runtime', ...options }));
    const bus = gatewayConfig.workers === 'all' ? await resources?.connectEvents() : undefined;
    const redis =
      resources?.redis ?? open(await connectRedis({ url: config.redisUrl, namespace: config.namespace, log }));
    const workers: Worker[] = [];
    if (resources) {
      for (const name of SUBGRAPHS) {
        const owned = resources.ownedBy(name, { quota: 'half' });
        const wire = await loadWire(name);
        const wired = await wire({ ...owned, client: clientOf(name) });
        await owned.database.pool.warm();
        open({ close: async () => wired.close?.() });
        subgraphs.set(name, wired.subgraph);
        if (bus) workers.push(...wired.createWorkers(bus));
      }
    }
    const gateway = open(
      await createGateway({
        supergraphSdl: supergraphSdl(),
        subgraphs: client,
        fetchJwks: () => fetchJwks(client),
        findSessionStatuses: (ids) => findSessionStatuses(client, ids),
        findAppAccess: (token) => findAppAccess(client, token),
        answerAuthorization: async (request, identity) =>
          (await client.request(AnswerAuthorizationRequestDocument, { request }, identity)).answerAuthorizationRequest,
        redis,
        config: {
          nodeEnv: config.nodeEnv,
          ...gatewayConfig,
          ...config.of(publicSettings),
          ...config.of(mediaSettings),
        },
        demo: gatewayConfig.explorerDemo,
        log,
      }),
    );
    // Started last, because creating the gateway keeps the process busy for longer than workers would wait for a
    // connection.
    if (bus) open(await startWorkers(workers));
    await gateway.warm();
    const ready = () => readiness({ resources, bus, redis, client });
    const health = await serveHealth({ listen: config.healthListen, ready });
    const close = async () => {
      health.drain();
      await closeAll([health, { close: () => closeAll(opened, log) }], log);
    };
    return { url: gateway.url, healthUrl: health.url, subgraphs, close };
  } catch (error) {
    await closeAll(opened, log);
    throw error;
  }
}

async function fetchJwks(client: SubgraphClient): Promise<JSONWebKeySet> {
  const { jwks } = await client.request(SigningKeysDocument, {}, platformIdentity());
  return JSON.parse(jwks) as JSONWebKeySet;
}

/** A session that the user subgraph does not know has ended. */
async function findSessionStatuses(client: SubgraphClient, ids: readonly string[]): Promise<readonly SessionStatus[]> {
  const identity = { ...platformIdentity(), deadline: performance.now() + SESSION_CHECK_MS };
  const { liveSessions } = await client.request(LiveSessionsDocument, { sessionIds: [...ids] }, identity);
  const live = new Map(liveSessions.map(({ sessionId, suspension }) => [sessionId, suspension]));
  return ids.map((id) => {
    const suspension = live.get(id);
    if (suspension === undefined) return 'ended';
    return suspension ? { until: suspension.until === null ? null : new Date(suspension.until) } : 'live';
  });
}

async function findAppAccess(client: SubgraphClient, token: string): Promise<Authenticated | null> {
  const identity = { ...platformIdentity(), deadline: performance.now() + SESSION_CHECK_MS };
  const { appAccess } = await client.request(AppAccessDocument, { token }, identity);
  if (!appAccess) return null;
  const { userId, grantId, scopes, expiresAt } = appAccess;
  return {
    viewer: { userId: BigInt(userId), sessionId: grantId, scopes },
    expiresAt: new Date(expiresAt).getTime(),
  };
}

/** The stores of this process, and each subgraph by whether it responds at all. */
async function readiness(process: {
  resources: Resources | null;
  bus: EventBus | undefined;
  redis: RedisHandle;
  client: SubgraphClient;
}): Promise<Record<string, string>> {
  const { resources, bus, redis, client } = process;
  const stores = resources
    ? checkReady(resources, bus)
    : stateOf(redis.client.ping()).then((state) => ({ redis: state }));
  const subgraphs = SUBGRAPHS.map(async (name) => {
    return [`subgraph ${name}`, await stateOf(probe(client, name))] as const;
  });
  return { ...(await stores), ...Object.fromEntries(await Promise.all(subgraphs)) };
}

/** A query that every subgraph can answer without a store. */
async function probe(client: SubgraphClient, name: SubgraphName): Promise<void> {
  dataOf(name, await client.execute(name, { query: '{ __typename }', identity: platformIdentity() }));
}

/** Each part has a timeout of its own, so that one that hangs does not hide the others. */
function stateOf(asked: Promise<unknown>): Promise<string> {
  return withTimeout(() => asked, { ms: READY_TIMEOUTS.subgraphMs }).then(
    () => 'ok',
    () => 'does not answer',
  );
}
