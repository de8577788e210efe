import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { diff, writeMigration } from './engine.ts';

const name = process.argv[2];
if (!name || name.startsWith('-')) {
  console.error('npm run db:diff -- <name>   writes the migration that leads from prisma/migrations to prisma/schema');
  process.exit(2);
}

try {
  const sql = process.env.DATABASE_URL ? await diff(process.env.DATABASE_URL) : await diffOnOwnServer();
  if (sql === null) console.log('The migrations already lead to the schema: nothing written.');
  else
    console.log(
      `Wrote prisma/migrations/${await writeMigration(name, sql)}/migration.sql. Read it before you commit it.`,
    );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Without a database of one's own: a Postgres for these seconds, only for the shadow database. */
async function diffOnOwnServer(): Promise<string | null> {
  const { placesOf, startServices } = await import('@tintype/local');
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tintype-diff-'));
  const services = await startServices({ needs: ['postgres'], dataDirectory, env: {}, report: () => undefined });
  try {
    return await diff(services.env.DATABASE_URL!);
  } finally {
    await services.stop();
    const places = placesOf(dataDirectory);
    for (const path of [dataDirectory, places.run, dirname(places.postgres)])
      await rm(path, { recursive: true, force: true });
  }
}
