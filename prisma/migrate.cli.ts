import { createCommand, Option, runCommand } from '@tintype/cli';
import { type MigrationStatus, markRolledBack, migrate, status } from './engine.ts';

const NO_ADDRESS = `DATABASE_URL is not set, and no platform runs from this checkout. Set it in the environment or in .env, such as
  DATABASE_URL=postgres://user:password@127.0.0.1:5432/tintype
The platform that npm start runs on its own servers records its address in .tintype/running.json.`;

await runCommand(
  createCommand('npm run db:migrate --')
    .description(
      'Applies prisma/migrations to the database of DATABASE_URL, from the environment or .env. Without one, it uses that of the ' +
        'platform that runs from this checkout, which also migrates when it starts.',
    )
    .addOption(
      new Option('--status', 'compare the database with the folder, and change nothing').conflicts('rolledBack'),
    )
    .option('--rolled-back <name>', 'a failed migration was undone by hand: apply it again the next time')
    .action(async (options) => {
      const databaseUrl = await findDatabaseUrl();
      if (!databaseUrl) throw new Error(NO_ADDRESS);
      await run(databaseUrl, options);
    }),
);

async function findDatabaseUrl(): Promise<string | undefined> {
  const [{ readRunning }, { readEnvironment }] = await Promise.all([
    import('@tintype/local/running'),
    import('@tintype/service'),
  ]);
  return readEnvironment().DATABASE_URL || (await readRunning()).DATABASE_URL;
}

async function run(
  url: string,
  options: { status?: true | undefined; rolledBack?: string | undefined },
): Promise<void> {
  if (options.status) return report(await status(url));
  const { rolledBack } = options;
  if (rolledBack) {
    await markRolledBack(url, rolledBack);
    console.log(`${rolledBack} counts as not applied.`);
    return;
  }
  const applied = await migrate(url);
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
}

function report(found: MigrationStatus): void {
  for (const [kind, names] of Object.entries(found)) console.log(`${kind}: ${names.join(', ') || 'none'}`);
}
