import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Declared, SAMPLE_SCHEMA } from '@tintype/postgres/statement';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnfitStatementsError, write } from '#describe.rules.ts';
import { describeStatements, startPostgres } from '#describe.ts';
import { collect, ROOT, readSources } from '#sources.ts';
import { listMigrations } from '#statements.ts';

let directory: string;
let migrations: string[];
let statements: Declared[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-statements-'));
  migrations = await listMigrations();
  statements = await collect(await readSources());
});
afterAll(() => rm(directory, { recursive: true }));

const start = () => startPostgres(migrations, join(directory, 'postgres.tar'));

async function describeAfter(change: string) {
  const postgres = await start();
  try {
    await postgres.exec(change);
    return await describeStatements(postgres, statements);
  } finally {
    await postgres.close();
  }
}

async function faultsAfter(change: string): Promise<string[]> {
  const error = await describeAfter(change).then(
    () => null,
    (error: unknown) => error,
  );
  if (error === null) return [];
  if (!(error instanceof UnfitStatementsError)) throw error;
  return [...error.faults].map(([name, reason]) => `${name}: ${reason}`);
}

/** The output of the compiler for a module, if the table has these columns. */
async function typecheckAfter(change: string, module: string): Promise<string> {
  const types = join(directory, 'statements.ts');
  await writeFile(types, write(await describeAfter(change)));
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')], paths: { '#generated/statements.ts': [types] } },
    include: [],
    files: [join(ROOT, module)],
  };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config));
  return promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory], { cwd: ROOT }).then(
    ({ stdout }) => stdout,
    (error: { code: unknown; stdout: string }) => {
      // The exit code of the compiler if there are errors.
      if (error.code !== 1 && error.code !== 2) throw error;
      return error.stdout;
    },
  );
}

const RETYPE = 'ALTER TABLE engagement.share ALTER COLUMN text DROP DEFAULT, ALTER COLUMN text TYPE bytea USING NULL';

describe('after a change of a table', { timeout: 300_000 }, () => {
  test('the statements that name a renamed column are named, and no others', async () => {
    const faults = await faultsAfter('ALTER TABLE engagement.share RENAME COLUMN post_author_id TO owner_id');
    const using = statements.filter(
      ({ marked }) => marked.includes('engagement.share') && marked.includes('post_author_id'),
    );
    expect(using.length).toBeGreaterThan(3);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(using.map(({ name }) => name));
    for (const fault of faults) expect(fault).toContain('column "post_author_id"');
  });

  test('a retyped column does not compile in reads and writes', async () => {
    const module = 'subgraphs/engagement/src/share/share.repository.ts';
    expect(await typecheckAfter('', module)).toBe('');
    const output = await typecheckAfter(RETYPE, module);
    expect(output).toContain('share.repository.ts(');
    expect(output).toContain("Type 'Buffer");
    expect(output).toContain("Type 'string' is not assignable to type 'Uint8Array");
  });

  test('a column that becomes nullable does not compile in reads that expect a value', async () => {
    const module = 'subgraphs/engagement/src/share/share.repository.ts';
    const output = await typecheckAfter('ALTER TABLE engagement.share ALTER COLUMN text DROP NOT NULL', module);
    expect(output).toContain("Type 'string | null' is not assignable to type 'string'");
  });
});

test('tables that several owners have are those of the sample', { timeout: 300_000 }, async () => {
  const postgres = await start();
  const { rows } = await postgres.query<{ table: string; shape: string; owners: string[] }>(
    `SELECT "table", shape, array_agg(owner ORDER BY owner) AS owners FROM (
       SELECT table_name AS "table", table_schema AS owner,
         string_agg(format('%s %s %s', column_name, data_type, is_nullable), ', ' ORDER BY column_name) AS shape
       FROM information_schema.columns
       WHERE table_name IN ('outbox', 'relay_state', 'erased_person', 'idempotency_key') AND column_name <> 'xid'
       GROUP BY 1, 2) AS tables GROUP BY 1, 2`,
  );
  await postgres.close();
  expect(rows.map(({ table }) => table).sort()).toEqual(['erased_person', 'idempotency_key', 'outbox', 'relay_state']);
  for (const { owners } of rows) expect(owners).toContain(SAMPLE_SCHEMA);
});
