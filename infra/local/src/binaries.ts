import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps the programs of Postgres in one folder per version, and server programs are not in a user's PATH. */
function folders(): string[] {
  const postgres = '/usr/lib/postgresql';
  let versions: string[] = [];
  try {
    versions = readdirSync(postgres).sort((a, b) => Number(b) - Number(a));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [
    ...versions.map((version) => join(postgres, version, 'bin')),
    ...path,
    '/usr/sbin',
    '/usr/bin',
    '/usr/local/bin',
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a program on this machine, or null. */
export function findBinary(name: string): string | null {
  return (
    folders()
      .map((folder) => join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** The path of a program that is known to exist. @throws Error */
export function getBinary(name: string): string {
  const path = findBinary(name);
  if (!path) throw new Error(`The program ${name} is not on this machine.`);
  return path;
}
