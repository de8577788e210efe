import { parseArgs } from 'node:util';
import { MigrationError, type MigrationStatus, markRolledBack, migrate, status } from './engine.ts';

const HELP = `npm run db:migrate -- [--status] [--rolled-back <name>]
  Applies prisma/migrations to the database of DATABASE_URL, from the environment or .env; without one, to that of the
  platform that runs from this checkout, which migrates by itself when it starts.
  --status              says how the database stands to the folder, and changes nothing
  --rolled-back <name>  a failed migration was undone by hand: try it again from now on`;

const NO_ADDRESS = `DATABASE_URL is not set, and no platform runs from this checkout. Set it in the environment or in .env, such as
  DATABASE_URL=postgres://user:password@127.0.0.1:5432/tintype
A platform that npm start started on servers of its own notes its address in .tintype/running.json.`;

const { values } = parseArgs({
  options: { status: { type: 'boolean' }, 'rolled-back': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help) {
  console.log(HELP);
} else {
  const databaseUrl = await findDatabaseUrl();
  if (databaseUrl) {
    await run(databaseUrl).catch((error: unknown) => {
      console.error(error instanceof MigrationError ? error.message : error);
      process.exitCode = 1;
    });
  } else {
    console.error(NO_ADDRESS);
    process.exitCode = 2;
  }
}

async function findDatabaseUrl(): Promise<string | undefined> {
  const [{ readRunning }, { readEnvironment }] = await Promise.all([
    import('@tintype/local/running'),
    import('@tintype/service'),
  ]);
  return readEnvironment().DATABASE_URL || (await readRunning()).DATABASE_URL;
}

async function run(url: string): Promise<void> {
  if (values.status) return report(await status(url));
  const rolledBack = values['rolled-back'];
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
