import { rm } from 'node:fs/promises';
import type { Daemon } from './daemon.ts';
import type { ServicePaths } from './paths.ts';

export const SERVICES = ['postgres', 'redis', 'nats', 's3'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What the platform reads from the environment to reach a service. */
export type Address = Readonly<Record<string, string>>;

export type StartContext = {
  paths: ServicePaths;
  /** A port that stays the same for this name as long as it is free. */
  port(name: string): Promise<number>;
  report(text: string): void;
  /** Ends the start: whoever starts the service gives up and leaves nothing running. */
  signal?: AbortSignal | undefined;
};

/** A service that runs as our child. */
export type Started = {
  address: Address;
  /** The server itself; where there are several, the one that clients talk to. */
  daemon: Daemon;
  stop(): Promise<void>;
  /** Removes what it stored; it must be stopped. */
  wipe(): Promise<void>;
  start(): Promise<void>;
};

/**
 * Starts a service of one server.
 *
 * @param directory what it stores
 * @param launch makes what the server needs and starts it; again after a wipe
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
  /** Variables that together are its address. */
  variables: readonly string[];
  binaries: readonly string[];
  /** Debian's. */
  packages: readonly string[];
  /** Rejects where nothing answers at the address. */
  check(address: Address): Promise<void>;
  start(context: StartContext): Promise<Started>;
};
