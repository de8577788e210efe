import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Argument, createCommand, runCommand } from '@tintype/cli';
import { OWNERS, type Owner } from '@tintype/schema/subgraphs';
import { diff, writeMigration } from '#migrations/migration.diff.ts';

await runCommand(
  createCommand('npm run db:diff --')
    .description('Writes the migration that leads from the migrations of an owner to its schema.')
    .addArgument(new Argument('<owner>', 'whose schema changed').choices(OWNERS))
    .argument('<name>', 'what the migration does, such as add_video_length')
    .action(async (owner, name) => {
      const sql = process.env.DATABASE_URL ? await diff(process.env.DATABASE_URL, owner) : await diffOnOwnServer(owner);
      if (sql === null) {
        console.log(`The migrations of ${owner} already lead to its schema: nothing written.`);
        return;
      }
      const directory = await writeMigration(owner, name, sql);
      console.log(`Wrote prisma/migrations/${directory}/migration.sql. Read it before you commit it.`);
    }),
);

/** Starts a Postgres of its own for the shadow database, if there is no DATABASE_URL. */
async function diffOnOwnServer(owner: Owner): Promise<string | null> {
  const { servicePathsOf, startServices } = await import('@tintype/local');
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tintype-diff-'));
  const services = await startServices({ needs: ['postgres'], dataDirectory, env: {}, report: () => undefined });
  try {
    return await diff(services.env.DATABASE_URL!, owner);
  } finally {
    await services.stop();
    const paths = servicePathsOf(dataDirectory);
    for (const path of [dataDirectory, paths.run, dirname(paths.postgres)])
      await rm(path, { recursive: true, force: true });
  }
}
