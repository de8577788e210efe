import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type ProcessSpec, type Supervisor, superviseProcesses } from './processes.ts';

const SUBGRAPHS = ['user', 'social-graph', 'post', 'feed', 'engagement', 'notification', 'search'] as const;

/** Worker processes: by owner, and those apart that have most to do or are worth losing alone. */
const WORKERS: readonly { name: string; subgraph: (typeof SUBGRAPHS)[number]; only: readonly string[] }[] = [
  { name: 'user-worker', subgraph: 'user', only: [] },
  { name: 'social-graph-worker', subgraph: 'social-graph', only: [] },
  { name: 'post-relay', subgraph: 'post', only: ['post__relay'] },
  {
    name: 'post-media',
    subgraph: 'post',
    only: [
      'post__media',
      'post__avatar',
      'post__avatar-cleanup',
      'post__cleanup',
      'post__upload-expiry',
      'post__erasure',
    ],
  },
  { name: 'post-scores', subgraph: 'post', only: ['post__engagement', 'post__scores'] },
  {
    name: 'feed-audience',
    subgraph: 'feed',
    only: ['feed__audience', 'feed__accounts', 'feed__hashtag-follows', 'feed__erasure'],
  },
  { name: 'feed-fan-out', subgraph: 'feed', only: ['feed__fan-out', 'feed__shares'] },
  { name: 'engagement-relay', subgraph: 'engagement', only: ['engagement__relay'] },
  {
    name: 'engagement-worker',
    subgraph: 'engagement',
    only: ['engagement__apply', 'engagement__replies', 'engagement__post-deleted', 'engagement__erasure'],
  },
  { name: 'notification-worker', subgraph: 'notification', only: [] },
  { name: 'search-worker', subgraph: 'search', only: [] },
];

export type Distributed = Supervisor & {
  /** Where the gateway is, without a path. */
  url: string;
  /** Where the gateway tells its health and metrics, without a path. */
  healthUrl: string;
  /** Where the subgraphs are, as `SUBGRAPH_URLS` wants them: for another gateway beside this one. */
  subgraphUrls: string;
  /** Resolves when the gateway, all that it needs and all workers are ready. @throws Error that says what was not, after `timeoutMs` */
  ready(timeoutMs: number, signal?: AbortSignal): Promise<void>;
};

/**
 * The platform with each subgraph, each kind of worker and the gateway as a process of its own. Subgraphs listen on Unix
 * sockets, so that nobody but this machine's owner can ask them.
 *
 * @param env addresses of the stores and the secret, as `readConfig` reads them; PORT of the gateway, or any free one
 * @param recordDirectory as `superviseProcesses` takes it
 */
export async function startDistributed(
  env: NodeJS.ProcessEnv,
  onLine: (name: string, line: string) => void,
  recordDirectory?: string,
): Promise<Distributed> {
  const sockets = await mkdtemp(join(tmpdir(), 'tintype-'));
  const socketOf = (name: string) => join(sockets, `${name}.sock`);
  const address = (name: string) => `unix:${socketOf(name)}`;
  const subgraphUrls = SUBGRAPHS.map((name) => `${name}=${address(name)}`).join(',');
  const port = Number(env.PORT) || (await freePort());
  const health = env.HEALTH_LISTEN || `127.0.0.1:${await freePort()}`;
  const healthUrl = `http://${health}`;
  const specs: ProcessSpec[] = [
    ...SUBGRAPHS.map((name) => ({
      name,
      entry: `subgraphs/${name}/src/main.ts`,
      env: { SUBGRAPH_LISTEN: address(name), HEALTH_LISTEN: address(`${name}-health`) },
    })),
    ...WORKERS.map(({ name, subgraph, only }) => ({
      name,
      entry: `subgraphs/${subgraph}/src/worker.ts`,
      args: only,
      env: { HEALTH_LISTEN: address(name) },
    })),
    { name: 'gateway', entry: 'gateway/src/main.ts', env: { PORT: String(port), HEALTH_LISTEN: health } },
  ];
  const supervisor = superviseProcesses(specs, { ...env, SUBGRAPH_URLS: subgraphUrls }, onLine, recordDirectory);
  const url = `http://127.0.0.1:${port}`;
  return {
    processes: supervisor.processes,
    url,
    healthUrl,
    subgraphUrls,
    async ready(timeoutMs, signal) {
      const until = Date.now() + timeoutMs;
      const workers = WORKERS.map(({ name }) => untilReady(name, { socketPath: socketOf(name) }, until, signal));
      const gateway = new URL(healthUrl);
      const place = { host: gateway.hostname, port: Number(gateway.port) };
      await Promise.all([untilReady('gateway', place, until, signal), ...workers]);
    },
    async stop() {
      await supervisor.stop();
      await rm(sockets, { recursive: true, force: true });
    },
  };
}

type Place = { host: string; port: number } | { socketPath: string };

async function untilReady(name: string, place: Place, until: number, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const state = await askReady(place).catch((error: Error) => error.message);
    if (state === 'ready') return;
    if (Date.now() > until) throw new Error(`${name} is not ready in time: ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A process is ready without some of its parts; the platform is once all of them answer. */
function isWhole(status: number | undefined, text: string): boolean {
  return status === 200 && Object.values(JSON.parse(text) as Record<string, string>).every((state) => state === 'ok');
}

/** `ready`, or what `/readyz` says is not. */
function askReady(place: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ ...place, path: '/readyz', agent: false, timeout: 2000 }, async (answer) => {
      const text = await answer.setEncoding('utf8').reduce((all: string, part: string) => all + part, '');
      resolve(isWhole(answer.statusCode, text) ? 'ready' : text);
    });
    asked.once('error', reject).once('timeout', () => asked.destroy(new Error('no answer within 2 s')));
  });
}
