import { basename } from 'node:path';
import type { Progress } from '@tintype/cli';
import { aptInstall, aptPrefix, installCommand } from './apt.ts';
import { findBinary } from './binaries.ts';
import { type ComposeServices, dockerAnswers, startCompose } from './compose.ts';
import type { Address, ServiceDriver, ServiceName, Started } from './driver.ts';
import { makeServiceDirectories, type ServicePaths, servicePathsOf } from './paths.ts';
import { rememberPorts } from './ports.ts';
import { endOrphanedProcesses } from './process-record.ts';
import { nats } from './services/nats.ts';
import { postgres } from './services/postgres.ts';
import { s3 } from './services/radosgw.ts';
import { redis } from './services/redis.ts';

const DRIVERS: readonly ServiceDriver[] = [postgres, redis, nats, s3];

/** A server that runs as our child process, for tests that stop it. */
export type ServiceHandle = {
  pid(): number | undefined;
  /** Stops it, without a restart. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, with its data unless that was wiped. */
  restart(options?: { wipe?: boolean }): Promise<void>;
};

export type Services = {
  /** Addresses in the format of `readConfig`. */
  env: Record<string, string>;
  /** The services that run as our child processes. */
  handles: Partial<Record<ServiceName, ServiceHandle>>;
  stop(): Promise<void>;
};

export type Report = (service: string, text: string) => void;

/** Services are missing and cannot be installed here. The message names them and the command that installs them. */
export class MissingServicesError extends Error {
  override name = 'MissingServicesError';
}

export function missingMessage(missing: readonly Pick<ServiceDriver, 'title' | 'variables' | 'packages'>[]): string {
  const titles = missing.map((driver) => driver.title).join(', ');
  const variables = missing.flatMap((driver) => driver.variables).join(', ');
  const command = installCommand(missing.flatMap((driver) => driver.packages));
  return `Missing: ${titles}. Install them as root with\n  ${command}\nor start Docker, or give their addresses in ${variables}.`;
}

/**
 * Starts the requested services concurrently. Each service is, in this order: the address in the environment; a server
 * on this machine, as a child process; a container, if Docker responds; installed with apt, if that is allowed. Servers
 * that an earlier process left running in the data directory are ended first. A failed or aborted start leaves nothing
 * running.
 *
 * @param options.signal aborts the start, not services that have started
 * @throws MissingServicesError; Error if nothing responds at a given address
 */
export async function startServices(options: {
  needs?: readonly ServiceName[];
  dataDirectory: string;
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Reports slow steps. */
  progress?: Progress;
  signal?: AbortSignal;
}): Promise<Services> {
  const { needs, dataDirectory, env, report, progress, signal } = options;
  const wanted = DRIVERS.filter((driver) => !needs || needs.includes(driver.name));
  const given = wanted.filter((driver) => driver.variables.every((variable) => env[variable]));
  const local = wanted.filter((driver) => !given.includes(driver));
  const absent = local.filter((driver) => driver.binaries.some((binary) => !findBinary(binary)));
  const paths = servicePathsOf(dataDirectory);
  await makeServiceDirectories(paths);
  const orphaned = await endOrphanedProcesses(paths.data);
  if (orphaned.length > 0) report('tintype', `ended ${orphaned.join(', ')}, left running by a start before this one`);

  let contained: readonly ServiceDriver[] = [];
  if (absent.length > 0) {
    if (await dockerAnswers()) contained = absent;
    else await install(absent, report, progress);
  }
  const started = new Map<ServiceName, Started>();
  let compose: ComposeServices | null = null;
  const stop = async () => {
    await Promise.all([...started.values()].map((service) => service.stop()));
    await compose?.stop();
  };
  try {
    signal?.throwIfAborted();
    const addresses: Address[] = [];
    for (const driver of given) addresses.push(await useGiven(driver, env, report));
    const own = local.filter((driver) => !contained.includes(driver));
    await startAll(own, { paths, report, progress, signal }, started);
    addresses.push(...[...started.values()].map((service) => service.address));
    if (contained.length > 0) {
      const project = `tintype-${basename(paths.run)}`;
      compose = startCompose(
        contained.map((driver) => driver.name),
        project,
      );
      addresses.push(...(await compose.ready()).values());
    }
    signal?.throwIfAborted();
    return {
      env: Object.assign({}, ...addresses) as Record<string, string>,
      handles: Object.fromEntries([...started].map(([name, service]) => [name, handleOf(service)])),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function install(absent: readonly ServiceDriver[], report: Report, progress?: Progress): Promise<void> {
  const prefix = await aptPrefix();
  if (!prefix) throw new MissingServicesError(missingMessage(absent));
  const began = Date.now();
  for (const driver of absent) report(driver.title, `installing ${driver.packages.join(', ')} with apt`);
  await aptInstall(
    absent.flatMap((driver) => driver.packages),
    prefix,
    progress,
  );
  report('apt', `installed in ${seconds(began)}`);
}

async function useGiven(driver: ServiceDriver, env: NodeJS.ProcessEnv, report: Report): Promise<Address> {
  const names = [...driver.variables, ...(driver.name === 's3' && env.S3_REGION ? ['S3_REGION'] : [])];
  const address = Object.fromEntries(names.map((name) => [name, env[name]!]));
  try {
    await driver.check(address);
  } catch (error) {
    throw new Error(`${driver.title}: nothing usable answers at ${driver.variables[0]}: ${(error as Error).message}`);
  }
  report(driver.title, `using ${driver.variables[0]} of the environment`);
  return address;
}

/**
 * Starts services concurrently, and adds each to `started` when it serves. @throws the first error, when all have
 * settled
 */
async function startAll(
  drivers: readonly ServiceDriver[],
  context: { paths: ServicePaths; report: Report; progress: Progress | undefined; signal: AbortSignal | undefined },
  started: Map<ServiceName, Started>,
): Promise<void> {
  const { paths, report, progress, signal } = context;
  const task = progress?.start('starting stores', drivers.length);
  const port = rememberPorts(paths.data);
  const outcomes = await Promise.allSettled(
    drivers.map(async (driver) => {
      const began = Date.now();
      report(driver.title, 'starting');
      started.set(
        driver.name,
        await driver.start({ paths, port, signal, report: (text) => report(driver.title, text) }),
      );
      report(driver.title, `ready in ${seconds(began)}`);
      task?.update(started.size);
    }),
  );
  task?.end();
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

function handleOf(service: Started): ServiceHandle {
  return {
    pid: () => service.daemon.pid(),
    kill: (signal) => service.daemon.kill(signal),
    async restart({ wipe = false } = {}) {
      await service.stop();
      if (wipe) await service.wipe();
      await service.start();
    },
  };
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
