import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgress } from '@tintype/cli';
import { placesOf, removePlaces, type ServiceHandle, type Services, startServices } from '@tintype/local';
import { type Distributed, startDistributed } from '@tintype/local/distributed';
import { type ProcessSpec, type Supervisor, superviseProcesses } from '@tintype/local/processes';
import { migrate } from '@tintype/prisma/engine';
import { onEndAsked, openResources, type PlatformConfig, type Resources, readConfig } from '@tintype/service';
import type { Row } from './results.ts';

export type Logged = { lines: number; bytes: number };

/** Stores of a benchmark's own, migrated, with what the platform needs to run on them. */
export type Stage = {
  config: PlatformConfig;
  resources: Resources;
  handles: Services['handles'];
  /** The platform as processes of their own, ready. They end with the stage, or before. */
  startPlatform(): Promise<Distributed>;
  /** What its processes have logged so far, and other processes of the stage with them. */
  logged(): Logged;
  /** Other processes with the stage's settings. */
  startProcesses(specs: readonly ProcessSpec[]): Supervisor;
  /** Ends all that was started here. Ctrl-C does so too. */
  close(): Promise<void>;
};

/** Nothing here measures the limits: they would only hide what is measured. */
const UNLIMITED = { RATE_LIMIT_PER_SECOND: '1000000', RATE_LIMIT_BURST: '1000000', LOGIN_LIMIT_PER_MINUTE: '1000000' };

const READY_MS = 90_000;

/** Of this process, shown below what is said. */
export const progress = createProgress();

export function say(text: string): void {
  progress.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
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
    progress,
  });
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    TINTYPE_SECRET: 'only for a benchmark on this machine, then gone',
    PORT: '0',
    ...UNLIMITED,
    ...services.env,
    ...settings,
  };
  const config = readConfig(env);
  await migrate(config.databaseUrl);
  const resources = await openResources(config, 'bench');
  const running: { stop(): Promise<void> }[] = [];
  const logged: Logged = { lines: 0, bytes: 0 };
  const takeLine = (name: string, line: string) => {
    logged.lines += 1;
    logged.bytes += Buffer.byteLength(line) + 1;
    if (!/^\{"level":"(info|warn)"/.test(line)) say(`${name}: ${line}`);
  };
  const close = async () => {
    try {
      await Promise.all(running.map((one) => one.stop()));
      await resources.close();
      await services.stop();
      await removePlaces(placesOf(directory));
    } finally {
      ignoreEnd();
    }
  };
  const interrupt = () => void close().finally(() => process.exit(130));
  const ignoreEnd = onEndAsked(interrupt, () => process.exit(130));
  return {
    config,
    resources,
    handles: services.handles,
    async startPlatform() {
      const platform = await startDistributed({ ...process.env, ...env }, takeLine);
      running.push(platform);
      await platform.ready(READY_MS);
      return platform;
    },
    logged: () => ({ ...logged }),
    startProcesses(specs) {
      const processes = superviseProcesses(specs, { ...process.env, ...env }, takeLine);
      running.push(processes);
      return processes;
    },
    close,
  };
}

/** Columns of a table: what was logged since then. */
export function loggedSince(stage: Stage, before: Logged, seconds: number): Row {
  const { lines, bytes } = stage.logged();
  return {
    'log lines/s': ((lines - before.lines) / seconds).toFixed(1),
    'log KiB/s': ((bytes - before.bytes) / 1024 / seconds).toFixed(1),
  };
}

/** A store that runs as our child. @throws Error where it was given by address: it is not ours to take away */
export function handleOf(stage: Stage, name: keyof Stage['handles']): ServiceHandle {
  const handle = stage.handles[name];
  if (!handle) throw new Error(`${name} is not ours to stop: unset its address`);
  return handle;
}
