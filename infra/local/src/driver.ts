import { rm } from 'node:fs/promises';
import type { Daemon } from './daemon.ts';
import type { ServicePaths } from './paths.ts';

export const SERVICES = ['postgres', 'redis', 'nats', 's3'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The environment variables with which the platform reaches a service. */
export type Address = Readonly<Record<string, string>>;

export type StartContext = {
  paths: ServicePaths;
  /** A port that stays the same for this name while it is free. */
  port(name: string): Promise<number>;
  report(text: string): void;
  /** Aborts the start. Nothing is left running. */
  signal?: AbortSignal | undefined;
};

/** A service that runs as our child process. */
export type Started = {
  address: Address;
  /** The server itself, or the one of several that clients talk to. */
  daemon: Daemon;
  stop(): Promise<void>;
  /** Removes its data. It must be stopped. */
  wipe(): Promise<void>;
  start(): Promise<void>;
};

/**
 * Starts a service with one server.
 *
 * @param directory for its data
 * @param launch prepares the data and starts the server; called again after a wipe
 */
export async function startDaemon(
  address: Address,
  daemon: Daemon,
  directory: string,
  launch: () => Promise<void>,
): Promise<Started> {
  await launch();
  return {
    address,
    daemon,
    start: launch,
    stop: () => daemon.stop(),
    wipe: () => rm(directory, { recursive: true, force: true }),
  };
}

/** How one kind of service is found, started and installed. */
export type ServiceDriver = {
  name: ServiceName;
  title: string;
  /** The variables that make up its address. */
  variables: readonly string[];
  binaries: readonly string[];
  /** Names of Debian packages. */
  packages: readonly string[];
  /** Rejects if nothing responds at the address. */
  check(address: Address): Promise<void>;
  start(context: StartContext): Promise<Started>;
};
