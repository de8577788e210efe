import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Declared, listDeclared } from '@tintype/postgres/statement';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const DECLARES = /\bstatement(For|Like)?\(/;

/** The sources that statements and their types depend on, by path from the root. */
export async function readSources(): Promise<Map<string, string>> {
  const paths = globSync(['{subgraphs,infra/runtime}/*/src/**/*.ts', 'infra/statements/src/*.ts'], {
    cwd: ROOT,
    exclude: (path) => path === 'generated' || path.endsWith('/generated') || path.endsWith('.test.ts'),
  });
  return new Map(
    await Promise.all(
      paths.sort().map(async (path): Promise<[string, string]> => [path, await readFile(join(ROOT, path), 'utf8')]),
    ),
  );
}

/** Loads the modules that declare statements. @returns the statements, by name */
export async function collect(sources: ReadonlyMap<string, string>): Promise<Declared[]> {
  for (const [path, text] of sources) if (DECLARES.test(text)) await import(pathToFileURL(join(ROOT, path)).href);
  return listDeclared().sort((one, other) => (one.name < other.name ? -1 : 1));
}
