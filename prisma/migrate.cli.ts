import { createCommand, InvalidArgumentError, Option, runCommand } from '@tintype/cli';
import { listLocalOwners, OWNERS, type Owner } from '@tintype/schema/subgraphs';
import { isOwner, type MigrationStatus, markRolledBack, migrate, status } from './migrate.ts';

const NO_ADDRESS = `DATABASE_URL is not set, and no platform runs from this checkout. Set it in the environment or in .env, such as
  DATABASE_URL=postgres://user:password@127.0.0.1:5432/tintype
The platform that npm start runs on its own servers records its address in .tintype/running.json.`;

await runCommand(
  createCommand('npm run db:migrate --')
    .description(
      'Applies the migrations of all owners in this repository to the database of DATABASE_URL, from the environment or .env. Without one, it uses that of the ' +
        'platform that runs from this checkout, which also migrates when it starts.',
    )
    .option('--owner <owner>', 'only the migrations of this owner', readOwner)
    .addOption(
      new Option('--status', 'compare the database with the folder, and change nothing').conflicts('rolledBack'),
    )
    .addOption(
      new Option(
        '--rolled-back <owner/name>',
        'a failed migration was undone by hand: apply it again the next time',
      ).conflicts('owner'),
    )
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

function readOwner(name: string): Owner {
  if (!isOwner(name)) throw new InvalidArgumentError(`There are ${OWNERS.join(', ')}.`);
  return name;
}

async function run(
  url: string,
  options: { owner?: Owner | undefined; status?: true | undefined; rolledBack?: string | undefined },
): Promise<void> {
  const owners = options.owner ? [options.owner] : listLocalOwners();
  if (options.status) return report(await status(url, { owners }));
  const { rolledBack } = options;
  if (rolledBack) {
    await markRolledBack(url, rolledBack);
    console.log(`${rolledBack} counts as not applied.`);
    return;
  }
  const applied = await migrate(url, { owners });
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
}

function report(found: MigrationStatus): void {
  for (const [kind, names] of Object.entries(found)) console.log(`${kind}: ${names.join(', ') || 'none'}`);
}
