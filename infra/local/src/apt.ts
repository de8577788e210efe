import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import type { Progress } from '@tintype/cli';
import { findBinary } from './binaries.ts';
import { isRoot } from './paths.ts';
import { run } from './run.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const INSTALL_MS = 10 * 60_000;

/** How apt can be used here: as root, through sudo without a password, or not at all. */
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
 * The progress of an installation, from a line that apt prints with `APT::Status-Fd`. Downloading is the first half.
 */
export function percentOf(line: string): number | null {
  const [, kind, percent] = /^(dl|pm)status:[^:]*:([\d.]+):/.exec(line) ?? [];
  if (!kind) return null;
  return Math.round(Number(percent) / 2) + (kind === 'pm' ? 50 : 0);
}

/**
 * Installs packages without starting their servers: ours run as child processes, on ports of their own.
 *
 * @param prefix from `aptPrefix`
 */
export async function aptInstall(
  packages: readonly string[],
  prefix: readonly string[],
  progress?: Progress,
): Promise<void> {
  const apt = (args: readonly string[], onLine?: (line: string) => void) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command!, rest, { timeoutMs: INSTALL_MS, onLine });
  };
  // invoke-rc.d asks this file whether it may start a service; 101 forbids it. Only root can write it.
  const placed = isRoot && !existsSync(POLICY);
  if (placed) {
    await writeFile(POLICY, '#!/bin/sh\nexit 101\n');
    await chmod(POLICY, 0o755);
  }
  const task = progress?.start('installing packages, percent', 100);
  try {
    await apt(['update', '-q']);
    const options = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'APT::Status-Fd=1'];
    await apt(['install', '-y', '-q', '--no-install-recommends', ...options, ...packages], (line) => {
      const percent = percentOf(line);
      if (percent !== null) task?.update(percent);
    });
  } finally {
    task?.end();
    if (placed) await rm(POLICY, { force: true });
  }
}
