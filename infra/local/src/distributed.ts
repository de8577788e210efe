import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessSpec, type Supervisor, superviseProcesses } from './processes.ts';

const SUBGRAPHS = ['user', 'social-graph', 'post', 'feed'] as const;

/** Worker processes: by owner, and those apart that have most to do or are worth losing alone. */
const WORKERS: readonly { name: string; subgraph: (typeof SUBGRAPHS)[number]; only: readonly string[] }[] = [
  { name: 'user-worker', subgraph: 'user', only: [] },
  { name: 'social-graph-worker', subgraph: 'social-graph', only: [] },
  { name: 'post-relay', subgraph: 'post', only: ['post__relay'] },
  { name: 'post-media', subgraph: 'post', only: ['post__media', 'post__avatar', 'post__cleanup', 'post__upload-expiry'] },
  { name: 'feed-audience', subgraph: 'feed', only: ['feed__audience'] },
  { name: 'feed-fan-out', subgraph: 'feed', only: ['feed__fan-out'] },
];

/**
 * The platform with each subgraph, each kind of worker and the gateway as a process of its own. Subgraphs listen on Unix
 * sockets, so that nobody but this machine's owner can ask them.
 *
 * @param env addresses of the stores, secret and port of the gateway, as `readConfig` reads them
 */
export function startDistributed(env: NodeJS.ProcessEnv, onLine: (name: string, line: string) => void): Supervisor {
  const sockets = mkdtempSync(join(tmpdir(), 'tintype-'));
  const address = (name: string) => `unix:${join(sockets, `${name}.sock`)}`;
  const urls = SUBGRAPHS.map((name) => `${name}=${address(name)}`).join(',');
  const specs: ProcessSpec[] = [
    ...SUBGRAPHS.map((name) => ({
      name,
      entry: `subgraphs/${name}/src/main.ts`,
      env: { SUBGRAPH_LISTEN: address(name) },
    })),
    ...WORKERS.map(({ name, subgraph, only }) => ({
      name,
      entry: `subgraphs/${subgraph}/src/worker.ts`,
      args: only,
      env: { DATABASE_POOL: '6' },
    })),
    { name: 'gateway', entry: 'gateway/src/main.ts', env: {} },
  ];
  return superviseProcesses(specs, { ...env, SUBGRAPH_URLS: urls }, onLine);
}
