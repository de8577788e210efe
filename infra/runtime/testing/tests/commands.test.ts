import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const COMMANDS = globSync('{bench,infra,prisma,schema,subgraphs}/**/*.cli.ts', {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
});

/** Arguments for commands that do nothing without one. */
const INCOMPLETE = [
  ['infra/local/src/part.cli.ts', []],
  ['infra/local/src/part.cli.ts', ['subgraph']],
  ['infra/local/src/part.cli.ts', ['workers', 'unknown']],
  ['infra/local/src/events.cli.ts', []],
  ['infra/local/src/events.cli.ts', ['republish', '--owner', 'post']],
  ['infra/local/src/events.cli.ts', ['republish', '--owner', 'post', '--since', 'yesterday']],
  ['subgraphs/engagement/engagement.cli.ts', []],
  ['subgraphs/user/admin.cli.ts', []],
  ['subgraphs/user/admin.cli.ts', ['grant', 'ann']],
  ['subgraphs/user/admin.cli.ts', ['grant', 'ann', 'owner']],
  ['subgraphs/user/admin.cli.ts', ['cases']],
  ['subgraphs/user/admin.cli.ts', ['cases', '--as', 'ann', '--state', 'lost']],
  ['subgraphs/user/admin.cli.ts', ['audit', '--as', 'ann', '--first', '0']],
  ['subgraphs/user/admin.cli.ts', ['decide', 'Case_1', 'forgive', '--as', 'ann']],
  ['subgraphs/user/admin.cli.ts', ['decide', 'Case_1', 'suspend', '--days', '366', '--as', 'ann']],
  ['subgraphs/user/admin.cli.ts', ['words', 'add', '--as', 'ann']],
  ['subgraphs/search/search.cli.ts', []],
  ['prisma/diff.cli.ts', []],
  ['prisma/diff.cli.ts', ['nobody', 'add_place']],
  ['prisma/migrate.cli.ts', ['--owner', 'nobody']],
  ['bench/bench.cli.ts', ['unknown']],
] as const;

function run(command: string, args: readonly string[]) {
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', command, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

test('finds the commands', () => {
  expect(COMMANDS.length).toBeGreaterThan(9);
});

describe.each(COMMANDS)('%s', (command) => {
  test('prints its usage', () => {
    const { status, stdout, stderr } = run(command, ['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: /);
  });

  test('refuses an unknown option with its usage', () => {
    const { status, stdout, stderr } = run(command, ['--no-such-option']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: unknown option '--no-such-option'\n\nUsage: /);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test.each(INCOMPLETE)('%s %j is refused with the usage', (command, args) => {
  const { status, stderr } = run(command, args);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^Usage: /m);
  expect(stderr).not.toMatch(/^ +at /m);
});
