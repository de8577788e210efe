import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUBGRAPHS, subgraphManifest } from '@tintype/schema/subgraphs';
import { type Address, addressOf, withPort } from './listen.rules.ts';
import { freePort } from './ports.ts';
import { type ProcessSpec, type Supervisor, superviseProcesses } from './processes.ts';

/**
 * The address of a gateway, and of its health and metrics, which may be a socket (`unix:/path`). Both without a path.
 */
export type GatewayAddress = { url: string; healthUrl: string };

export type Distributed = Supervisor & {
  /** The first gateway. */
  url: string;
  healthUrl: string;
  /** All gateways. */
  gateways: readonly GatewayAddress[];
  /** The addresses of the subgraphs in the format of `SUBGRAPH_URLS`, for one more gateway. */
  subgraphUrls: string;
  /**
   * Resolves when the gateways, everything they need and all workers are ready. @throws Error with what was not ready
   * after `timeoutMs`
   */
  ready(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Restarts one process. Resolves when the new one is ready. @throws Error with what was not ready after `timeoutMs`
   */
  restart(name: string, timeoutMs: number): Promise<void>;
};

/** A process, and the address of its health. */
type Member = { spec: ProcessSpec; health: Address };

/**
 * The platform with each subgraph, each kind of worker and each gateway in a process of its own. Subgraphs listen on
 * Unix sockets, so that only the owner of this machine can call them.
 *
 * @param env addresses of the stores and the secret, in the format of `readConfig`; PORT of the gateway, or any free
 * one
 * @param options.recordDirectory see `superviseProcesses`
 * @param options.replicas processes of the gateway and of each subgraph. Default: one
 * @param options.hasWorkers false for tests in which nothing must happen in the background
 */
export async function startDistributed(
  env: NodeJS.ProcessEnv,
  onLine: (name: string, line: string) => void,
  options: { recordDirectory?: string; replicas?: number; hasWorkers?: boolean } = {},
): Promise<Distributed> {
  const { recordDirectory, replicas = 1, hasWorkers = true } = options;
  const sockets = await mkdtemp(join(tmpdir(), 'tintype-'));
  const socketOf = (name: string) => join(sockets, `${name}.sock`);
  const socketUrlOf = (name: string) => `unix:${socketOf(name)}`;
  const named = (name: string) =>
    Array.from({ length: replicas }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
  const urls = SUBGRAPHS.flatMap((subgraph) => named(subgraph).map((name) => `${subgraph}=${socketUrlOf(name)}`));
  const subgraphUrls = urls.join(',');
  const subgraphs = SUBGRAPHS.flatMap((subgraph) =>
    named(subgraph).map((name): Member => {
      const health = `${name}-health`;
      const listen = { SUBGRAPH_LISTEN: socketUrlOf(name), HEALTH_LISTEN: socketUrlOf(health) };
      const spec = { name, entry: `subgraphs/${subgraph}/src/main.ts`, env: listen };
      return { spec, health: { socketPath: socketOf(health) } };
    }),
  );
  const workers: Member[] = [];
  for (const subgraph of hasWorkers ? SUBGRAPHS : []) {
    for (const [name, args] of Object.entries((await subgraphManifest(subgraph)).workers)) {
      const entry = `subgraphs/${subgraph}/src/worker.ts`;
      const spec = { name, entry, args, env: { HEALTH_LISTEN: socketUrlOf(name) } };
      workers.push({ spec, health: { socketPath: socketOf(name) } });
    }
  }
  const gateways: (Member & GatewayAddress)[] = [];
  for (const [index, name] of named('gateway').entries()) {
    const given = index === 0 ? env : {};
    const port = Number(given.PORT) || (await freePort());
    const listen = withPort(given.HEALTH_LISTEN || '127.0.0.1:0', await freePort());
    const spec = { name, entry: 'gateway/src/main.ts', env: { PORT: String(port), HEALTH_LISTEN: listen } };
    const healthUrl = listen.startsWith('unix:') ? listen : `http://${listen}`;
    gateways.push({ spec, health: addressOf(listen), url: `http://127.0.0.1:${port}`, healthUrl });
  }
  const members = new Map([...subgraphs, ...workers, ...gateways].map((member) => [member.spec.name, member]));
  const specs = [...members.values()].map(({ spec }) => spec);
  const supervisor = superviseProcesses(specs, { ...env, SUBGRAPH_URLS: subgraphUrls }, onLine, recordDirectory);
  const { url, healthUrl } = gateways[0]!;
  return {
    processes: supervisor.processes,
    url,
    healthUrl,
    gateways,
    subgraphUrls,
    async ready(timeoutMs, signal) {
      const until = Date.now() + timeoutMs;
      const all = [...members.values()];
      await Promise.all(all.map(({ spec, health }) => untilReady(spec.name, health, until, signal)));
    },
    async restart(name, timeoutMs) {
      await supervisor.processes.get(name)!.restart();
      await untilReady(name, members.get(name)!.health, Date.now() + timeoutMs);
    },
    async stop() {
      await supervisor.stop();
      await rm(sockets, { recursive: true, force: true });
    },
  };
}

async function untilReady(name: string, address: Address, until: number, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const state = await askReady(address).catch((error: Error) => error.message);
    if (state === 'ready') return;
    if (Date.now() > until) throw new Error(`${name} is not ready in time: ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A process is ready without some of its parts. The platform is ready when all of them respond. */
function isWhole(status: number | undefined, text: string): boolean {
  return status === 200 && Object.values(JSON.parse(text) as Record<string, string>).every((state) => state === 'ok');
}

/** `ready`, or what is missing according to `/readyz`. */
function askReady(address: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ ...address, path: '/readyz', agent: false, timeout: 2000 }, (answer) => {
      const read = answer.setEncoding('utf8').reduce((all: string, part: string) => all + part, '');
      // A killed process ends its response in the middle.
      read.then((text) => resolve(isWhole(answer.statusCode, text) ? 'ready' : text)).catch(reject);
    });
    asked.once('error', reject).once('timeout', () => asked.destroy(new Error('no answer within 2 s')));
  });
}
