import { createHash } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directories of one set of services. */
export type ServicePaths = {
  /** Data and logs; removed by a reset. */
  data: string;
  /**
   * The data of Postgres. If root starts it, it runs as the user postgres, who cannot read root's home directory. Then
   * the data is in the system's state directory, under a name made from the path of `data`, or beside the sockets if
   * `data` itself is temporary.
   */
  postgres: string;
  /** Sockets and process files. The path is short, because that of a socket has at most 107 bytes. */
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
  // Other users may pass through to their own directories, but not list this one.
  if (isRoot) await chmod(paths.run, 0o711);
}

/** Removes all data of a set of services, which must be stopped. */
export async function removeServiceFiles({ data, postgres, run }: ServicePaths): Promise<void> {
  for (const path of [data, run, dirname(postgres)]) await rm(path, { recursive: true, force: true });
}
