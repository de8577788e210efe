import { createHttpClient, type Health, serveHealth, serveSubgraph } from '@tintype/graphql';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import { databaseSettings, natsSettings, type PlatformConfig, readConfig } from './config.ts';
import { readEnvironment } from './environment.ts';
import { type Closeable, closeAll, runUntilSignal } from './lifecycle.ts';

import { checkReady, type OpenResources, openResources, type PoolQuota, type Wire } from './resources.ts';
import { ConfigError, loadSettings, type Settings } from './settings.ts';

import { startWorkers } from './worker.ts';

/** Serves one subgraph to the gateway in a process of its own, until the process is asked to end. */
export function runSubgraph(name: SubgraphName, wire: Wire): Promise<void> {
  return run(name, { service: name, wire, settings: [databaseSettings], quota: 'half' }, async (wired, resources) => {
    const { subgraph, warm } = wired;
    const { config, log } = resources;
    if (!hasSubgraphUrls(config)) {
      throw new ConfigError(`SUBGRAPH_URLS is not set. ${name} asks other subgraphs, and has to know where they are.`);
    }
    await warm?.();
    const ready = () => checkReady(resources);
    const served = await serveSubgraph({ subgraph, secret: config.secret, listen: config.subgraphListen, ready, log });
    const health = await serveHealth({ listen: config.healthListen, ready });
    log.info({ url: served.url, health: health.url }, 'The subgraph accepts requests.');
    return drained(health, served, log);
  });
}

/**
 * Runs the workers of one subgraph in a process of its own, until the process is asked to end.
 *
 * @param only names of workers, or empty for all. Health is served once all of them run
 */
export function runWorkers(subgraph: SubgraphName, wire: Wire, only: readonly string[]): Promise<void> {
  const settings = [databaseSettings, natsSettings];
  return run(`${subgraph}-worker`, { service: subgraph, wire, settings, quota: 'all' }, async (wired, resources) => {
    const { config, log } = resources;
    const bus = await resources.connectEvents();
    const workers = wired.createWorkers(bus);
    const unknown = only.filter((wanted) => !workers.some((worker) => worker.name === wanted));
    if (unknown.length > 0) {
      const known = workers.map((worker) => worker.name).join(', ');
      throw new ConfigError(`No worker is called ${unknown.join(', ')}. There are ${known}.`);
    }
    // Some workers, such as the relay, call no subgraph.
    if (!hasSubgraphUrls(config))
      log.warn('SUBGRAPH_URLS is empty. Workers that call other subgraphs cannot reach them.');
    const chosen = only.length > 0 ? workers.filter((worker) => only.includes(worker.name)) : workers;
    const running = await startWorkers(chosen);
    const health = await serveHealth({ listen: config.healthListen, ready: () => checkReady(resources, bus) });
    log.info({ workers: chosen.map((worker) => worker.name), health: health.url }, 'The workers run.');
    return drained(health, running, log);
  });
}

/** Reports that it is about to end before it does, and serves its health until then. */
function drained(health: Health, part: Closeable, log: Log): Closeable {
  return {
    close() {
      health.drain();
      return closeAll([health, part], log);
    },
  };
}

function hasSubgraphUrls({ subgraphUrls }: PlatformConfig): boolean {
  return Object.keys(subgraphUrls).length > 0;
}

type Part = PoolQuota & {
  /** The calling service. Workers call as their subgraph. */
  service: SubgraphName;
  wire: Wire;
  /** Of the stores that it uses. */
  settings: readonly Settings<object>[];
};

async function run(
  name: string,
  { service, wire, settings, quota }: Part,
  start: (wired: Awaited<ReturnType<Wire>>, resources: OpenResources) => Promise<Closeable>,
): Promise<void> {
  const config = readConfig(readEnvironment(), [...settings, ...(await loadSettings(service))]);
  const resources = await openResources(config, name, { owner: 'runtime' });
  const client = createHttpClient({
    service,
    urls: config.subgraphUrls,
    secret: config.secret,
    log: resources.log,
  });
  const owned = resources.ownedBy(service, { quota });
  const wired = await wire({ ...owned, client });
  await owned.database.pool.warm();
  const own = { close: async () => wired.close?.() };
  const running = await start(wired, resources);
  await runUntilSignal({ close: () => closeAll([resources, client, own, running], resources.log), log: resources.log });
}
