import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

type Source = { path: string; text: string; imports: string[] };

/** Sources of the platform without tests and generated files. Type imports do not count, because they are erased. */
const sources: Source[] = globSync(['gateway/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'infra/runtime/*/src/**/*.ts'], {
  cwd: ROOT,
})
  .filter((path) => !path.includes('/generated/') && !path.endsWith('.test.ts') && !path.includes('node_modules'))
  .map((path) => {
    const text = readFileSync(`${ROOT}${path}`, 'utf8');
    const imports = [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)].map(
      (match) => match[1]!,
    );
    return { path, text, imports };
  });

/** `post.service.ts` has the role `service`; a file without a role has none. */
function roleOf(path: string): string | undefined {
  const parts = basename(path).split('.');
  return parts.length > 2 ? parts.at(-2) : undefined;
}

/**
 * The roles that a role must not import. Imports go from resolvers, consumers and jobs to services, and from there to
 * stores.
 */
const FORBIDDEN: Record<string, readonly string[]> = {
  rules: ['resolver', 'service', 'repository', 'loader', 'publisher', 'consumer', 'job', 'storage'],
  repository: ['resolver', 'service', 'consumer', 'job'],
  loader: ['resolver', 'service', 'consumer', 'job'],
  publisher: ['resolver', 'service', 'consumer', 'job'],
  service: ['resolver', 'consumer', 'job'],
  resolver: ['repository', 'consumer', 'job'],
};

const DOES_IO =
  /^(node:(fs|http|https|child_process|worker_threads)|pg|redis|nats|sharp|@aws-sdk\/.*|@tintype\/(postgres|redis|s3|service))/;

describe('the layout', () => {
  test('finds sources to look at', () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  test('imports go one way by role', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const forbidden = FORBIDDEN[roleOf(path) ?? ''] ?? [];
      return imports
        .filter((target) => forbidden.includes(roleOf(target) ?? ''))
        .map((target) => `${path} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('rules do no I/O', () => {
    const rules = sources.filter(({ path }) => roleOf(path) === 'rules');
    const wrong = rules.flatMap(({ path, imports }) =>
      imports.filter((target) => DOES_IO.test(target)).map((target) => `${path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('subgraphs meet in the graph and in events, never in imports', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const own = path.match(/^subgraphs\/([^/]+)\//)?.[1];
      const others = SUBGRAPHS.filter((name) => name !== own).map((name) => `@tintype/${name}`);
      return own ? imports.filter((target) => others.includes(target)).map((target) => `${path} -> ${target}`) : [];
    });
    expect(wrong).toEqual([]);
  });

  test('the resolvers of every subgraph are checked for completeness', () => {
    const wires = sources.filter(({ path }) => /^subgraphs\/[^/]+\/src\/wire\.ts$/.test(path));
    expect(wires).toHaveLength(SUBGRAPHS.length);
    const wrong = wires.filter(({ text }) => !text.includes('satisfies CompleteResolvers'));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('calls between parts of the platform use documents, never texts', () => {
    const askers = sources
      .filter(({ path }) => !path.startsWith('infra/'))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const senders = askers.filter(({ text }) => /\.execute\(/.test(text) && text.includes('SubgraphClient'));
    // The gateway forwards the queries of its plans, and checks whether each subgraph responds.
    expect(senders.map(({ path }) => path)).toEqual([
      'gateway/src/subgraphs/subgraph.source.ts',
      'gateway/src/wire.ts',
    ]);
  });

  test('no statement asserts its rows', () => {
    const platform = sources.filter(({ path }) => !path.startsWith('infra/runtime/testing/'));
    const wrong = platform.filter(({ text }) => /\.query<|\buntyped\b.*@tintype\/postgres/.test(text));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('the environment is read in one place', () => {
    // Some libraries can only be configured by an environment variable, which is set here.
    const readers = sources.filter(({ text }) => /process\.env(?!\.\w+ (\?\?)?= )/.test(text)).map(({ path }) => path);
    const allowed = /(main|cli|setup|environment|process)\.ts$/;
    expect(readers.filter((path) => !allowed.test(path))).toEqual([]);
  });

  test('no file is a drawer for everything', () => {
    const drawers = sources.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.ts$)/.test(path));
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });
});
