import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUBGRAPHS, type SubgraphName, schemaOf } from '@tintype/schema/subgraphs';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Files of subgraphs, with their tests, by path. */
const files = new Map(
  globSync('subgraphs/*/**/*.ts', { cwd: ROOT, exclude: ['**/node_modules/**', '**/generated/**'] }).map((path) => [
    path,
    readFileSync(`${ROOT}${path}`, 'utf8'),
  ]),
);

/** Other subgraphs whose code a file imports, by package or by path. */
function importedSubgraphs(path: string, text: string): SubgraphName[] {
  const own = path.split('/')[1];
  const targets = [...text.matchAll(/(?:from |import |import\(|new URL\()'([^']+)'/g)].map((match) => match[1]!);
  const resolved = targets.map((target) => (target.startsWith('.') ? join(dirname(path), target) : target));
  return SUBGRAPHS.filter(
    (name) =>
      name !== own &&
      resolved.some(
        (target) => target.startsWith(`subgraphs/${name}/`) || new RegExp(`^@tintype/${name}(/|$)`).test(target),
      ),
  );
}

/** Other owners whose tables the statements and outboxes of a file use. */
function usedOwners(path: string, text: string): SubgraphName[] {
  const own = path.split('/')[1];
  return SUBGRAPHS.filter((name) => {
    const schema = schemaOf(name);
    // `user` is a keyword of SQL, so it is always quoted.
    const table = new RegExp(
      `(from|join|into|update|table)\\s+(only\\s+)?("${schema}"${name === 'user' ? '' : `|${schema}`})\\."?\\w`,
      'i',
    );
    return (
      name !== own &&
      (table.test(text) || new RegExp(`create(Outbox|Relay)(<\\w+>)?\\(\\{ owner: '${name}'`).test(text))
    );
  });
}

describe('the boundary test', () => {
  test.each([
    ["import { wireUser } from '../../user/src/index.ts';", ['user']],
    ["import { wireUser } from '@tintype/user';", ['user']],
    ["const { wirePost } = await import('@tintype/post/wire');", ['post']],
    ["import { transaction } from '@tintype/postgres';", []],
    ["import { openFeed } from './feed.fixture.ts';", []],
  ])('finds the subgraphs that are imported by %s', (text, expected) => {
    expect(importedSubgraphs('subgraphs/feed/tests/some.int.test.ts', text)).toEqual(expected);
  });

  test.each([
    ['INSERT INTO post.post (id) VALUES ($1)', ['post']],
    ['SELECT 1 FROM "user".account', ['user']],
    ['update social_graph.person set is_private = true', ['social-graph']],
    ["createOutbox<UserEvents>({ owner: 'user', ids })", ['user']],
    ["createRelay({ owner: 'user', database, bus, log })", ['user']],
    ['SELECT 1 FROM feed.audience', []],
    ['the newest from user.posts', []],
  ])('finds the owners whose tables are used by %s', (text, expected) => {
    expect(usedOwners('subgraphs/feed/tests/some.int.test.ts', text)).toEqual(expected);
  });
});

describe('a subgraph', () => {
  test('imports no code of another subgraph, nor do its tests', () => {
    expect(files.size).toBeGreaterThan(300);
    const wrong = [...files].flatMap(([path, text]) =>
      importedSubgraphs(path, text).map((name) => `${path} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("has tests that do not use other owners' tables", () => {
    const tests = [...files].filter(([path]) => /^subgraphs\/[^/]+\/tests\//.test(path));
    const wrong = tests.flatMap(([path, text]) => usedOwners(path, text).map((name) => `${path} -> ${name}`));
    expect(wrong).toEqual([]);
  });
});

describe('what a subgraph takes along into a repository of its own', () => {
  type Manifest = Record<'dependencies' | 'devDependencies', Record<string, string> | undefined> & { name: string };
  type Package = { folder: string; needs: string[] };
  const packages = new Map(
    globSync(['{gateway,prisma,schema,bench}/package.json', '{subgraphs,infra,infra/runtime}/*/package.json'], {
      cwd: ROOT,
    }).map((path): [string, Package] => {
      const { name, dependencies, devDependencies }: Manifest = JSON.parse(readFileSync(`${ROOT}${path}`, 'utf8'));
      const needs = Object.keys({ ...dependencies, ...devDependencies }).filter((one) => one.startsWith('@tintype/'));
      return [name, { folder: dirname(path), needs }];
    }),
  );
  /** Packages that every subgraph may also use: those for checks, tests and migrations. */
  const TAKEN = ['@tintype/testing', '@tintype/local', '@tintype/statements', '@tintype/prisma', '@tintype/schema'];

  /** Folders of all direct and indirect dependencies. */
  function foldersFor(names: readonly string[]): string[] {
    const found = new Set<string>();
    const add = (name: string) => {
      if (found.has(name)) return;
      found.add(name);
      for (const needed of packages.get(name)!.needs) add(needed);
    };
    for (const name of names) add(name);
    return [...found].map((name) => packages.get(name)!.folder).toSorted();
  }

  test.each(SUBGRAPHS)('from %s on, no package needs the gateway or another subgraph', (name) => {
    const folders = foldersFor([`@tintype/${name}`, ...TAKEN]);
    expect(folders.length).toBeGreaterThan(10);
    const taken = new RegExp(`^(subgraphs/${name}|schema|prisma|infra/(local|statements|runtime/.+))$`);
    expect(folders.filter((folder) => !taken.test(folder))).toEqual([]);
  });
});
