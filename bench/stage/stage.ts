import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf, removePlaces, type ServiceHandle, type Services, startServices } from '@tintype/local';
import { type Distributed, startDistributed } from '@tintype/local/distributed';
import { migrate } from '@tintype/prisma/engine';
import { openResources, type PlatformConfig, type Resources, readConfig } from '@tintype/service';

/** Stores of a benchmark's own, migrated, with what the platform needs to run on them. */
export type Stage = {
  env: Record<string, string>;
  config: PlatformConfig;
  resources: Resources;
  handles: Services['handles'];
  /** The platform as processes of their own. */
  startProcesses(settings?: Record<string, string>): Promise<Distributed>;
  close(): Promise<void>;
};

/** Nothing here measures the limits: they would only hide what is measured. */
const UNLIMITED = { RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_BURST: '1000000', LOGIN_LIMIT_PER_MINUTE: '1000000' };

const READY_MS = 90_000;

export function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
}

/**
 * Starts fresh stores in a temporary directory.
 *
 * @param settings beside the addresses, as `readConfig` reads them
 */
export async function openStage(settings: Record<string, string> = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'tintype-bench-'));
  const services = await startServices({
    dataDirectory: directory,
    env: {},
    report: (name, text) => say(`${name}: ${text}`),
  });
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    TINTYPE_SECRET: 'only for a benchmark on this machine, then gone',
    PORT: '0',
    ...UNLIMITED,
    ...services.env,
    ...settings,
  };
  const config = readConfig(env);
  await migrate(config.databaseUrl);
  const resources = await openResources(config, 'bench');
  return {
    env,
    config,
    resources,
    handles: services.handles,
    async startProcesses(more = {}) {
      const processes = await startDistributed({ ...process.env, ...env, ...more }, (name, line) =>
        say(`${name}: ${line}`),
      );
      await processes.ready(READY_MS);
      return processes;
    },
    async close() {
      await resources.close();
      await services.stop();
      await removePlaces(placesOf(directory));
    },
  };
}

/** A store that runs as our child. @throws Error where it was given by address: it is not ours to take away */
export function handleOf(stage: Stage, name: keyof Stage['handles']): ServiceHandle {
  const handle = stage.handles[name];
  if (!handle) throw new Error(`${name} is not ours to stop: unset its address`);
  return handle;
}
