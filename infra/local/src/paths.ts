import { createHash } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where one set of services keeps what it has. */
export type ServicePaths = {
  /** Data and logs; removed by a reset. */
  data: string;
  /**
   * Data of Postgres. Started by root it runs as the user postgres, who cannot look into a home directory of root, so it is
   * then kept in the system's state folder, under a name made from the path of `data`; beside the sockets where `data` itself is
   * only temporary.
   */
  postgres: string;
  /** Sockets and process files; short, because the path of a socket ends at 107 bytes. */
  run: string;
};

/** The data directory of this checkout. */
export function checkoutDataDirectory(): string {
  return fileURLToPath(new URL('../../../.tintype', import.meta.url));
}

export const isRoot = process.getuid?.() === 0;

export function servicePathsOf(data: string): ServicePaths {
  const key = createHash('sha256').update(data).digest('hex').slice(0, 10);
  const run = join(tmpdir(), `tintype-${key}`);
  const state = data.startsWith(`${tmpdir()}/`) ? run : `/var/lib/tintype/${key}`;
  return { data, postgres: isRoot ? join(state, 'data', 'postgres') : join(data, 'postgres'), run };
}

export async function makeServiceDirectories(paths: ServicePaths): Promise<void> {
  await mkdir(paths.data, { recursive: true });
  await mkdir(paths.run, { recursive: true });
  await mkdir(paths.postgres, { recursive: true });
  // Others may pass through to what is theirs, and list nothing.
  if (isRoot) await chmod(paths.run, 0o711);
}

/** Removes everything that a set of services stored; it must be stopped. */
export async function removeServiceFiles({ data, postgres, run }: ServicePaths): Promise<void> {
  for (const path of [data, run, dirname(postgres)]) await rm(path, { recursive: true, force: true });
}
