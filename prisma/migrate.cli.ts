import { parseArgs } from 'node:util';
import { MigrationError, type MigrationStatus, markRolledBack, migrate, status } from './engine.ts';

const HELP = `npm run db:migrate -- [--status] [--rolled-back <name>]
  Applies prisma/migrations to the database of DATABASE_URL.
  --status              says how the database stands to the folder, and changes nothing
  --rolled-back <name>  a failed migration was undone by hand: try it again from now on`;

const { values } = parseArgs({
  options: { status: { type: 'boolean' }, 'rolled-back': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const databaseUrl = process.env.DATABASE_URL;

if (values.help) {
  console.log(HELP);
} else if (!databaseUrl) {
  console.error('DATABASE_URL is not set. The running platform prints its own; npm start migrates by itself.');
  process.exitCode = 2;
} else {
  await run(databaseUrl).catch((error: unknown) => {
    console.error(error instanceof MigrationError ? error.message : error);
    process.exitCode = 1;
  });
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
