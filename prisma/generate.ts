import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OWNERS, schemaOf } from '@tintype/schema/subgraphs';
import { BASE_SCHEMA, listSchemas, readSchemas, SCHEMA_DIRECTORY } from '#migrations/migration.folder.ts';

const GENERATED = fileURLToPath(new URL('generated', import.meta.url));
const STAMP = join(GENERATED, '.inputs');
const PRISMA_CLI = fileURLToPath(import.meta.resolve('prisma/build/index.js'));

/** Writes the Prisma client to prisma/generated; does nothing where its inputs are those of the last time. */
export async function generateClient(): Promise<'generated' | 'unchanged'> {
  await listOwners();
  const inputs = await hashInputs();
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === inputs) return 'unchanged';
  await promisify(execFile)(process.execPath, [PRISMA_CLI, 'generate', '--schema', SCHEMA_DIRECTORY], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    // The generator is WebAssembly and never runs the engine, but the CLI downloads one unless this names a file.
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  }).catch((error: Error & { stderr?: string }) => {
    throw new Error(`The command prisma generate failed:\n${error.stderr || error.message}`, { cause: error });
  });
  await writeFile(STAMP, inputs);
  return 'generated';
}

/** Each owner has a Postgres schema, and Prisma wants a list of them: kept as the list of subgraphs is. */
async function listOwners(): Promise<void> {
  const file = join(SCHEMA_DIRECTORY, BASE_SCHEMA);
  const text = await readFile(file, 'utf8');
  const listed = listSchemas(text, OWNERS.map(schemaOf));
  if (listed !== text) await writeFile(file, listed);
}

async function hashInputs(): Promise<string> {
  const hash = createHash('sha256');
  const { version } = JSON.parse(await readFile(new URL(import.meta.resolve('prisma/package.json')), 'utf8')) as {
    version: string;
  };
  hash.update(version);
  for (const { path, content } of await readSchemas()) hash.update(`\0${path}\0${content}`);
  return hash.digest('hex');
}

if (import.meta.main) console.log(`Prisma client: ${await generateClient()}`);
