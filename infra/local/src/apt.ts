import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { findBinary } from './binaries.ts';
import { isRoot } from './places.ts';
import { run } from './run.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_MS = 10 * 60_000;

/** How apt may be used here: as root, through sudo that asks for no password, or not at all. */
export async function aptPrefix(): Promise<string[] | null> {
  if (!findBinary('apt-get')) return null;
  if (isRoot) return [];
  if (!findBinary('sudo')) return null;
  return run('sudo', ['-n', 'true']).then(
    () => ['sudo', '-n'],
    () => null,
  );
}

export function installCommand(packages: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs packages without starting the servers in them: ours run as our children, on ports of their own.
 *
 * @param prefix as `aptPrefix` found it
 */
export async function aptInstall(packages: readonly string[], prefix: readonly string[]): Promise<void> {
  const apt = (args: readonly string[]) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command!, rest, { timeoutMs: INSTALL_MS });
  };
  // invoke-rc.d asks this file whether it may start a service; 101 forbids it. Only root can place it.
  const placed = isRoot && !existsSync(POLICY);
  if (placed) {
    await writeFile(POLICY, '#!/bin/sh\nexit 101\n');
    await chmod(POLICY, 0o755);
  }
  try {
    await apt(['update', '-q']);
    await apt(['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages]);
  } finally {
    if (placed) await rm(POLICY, { force: true });
  }
}
