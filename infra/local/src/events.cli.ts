import { createCommand, InvalidArgumentError, Option, runCommand } from '@tintype/cli';
import { connectEvents, type DeadLetter, listDeadLetters, republish, retryDeadLetters } from '@tintype/events';
import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import { createLog } from '@tintype/telemetry';
import pg from 'pg';
import { readAddresses } from './running.ts';

const NOT_RUNNING = 'and no platform runs in this checkout (npm start).';

type DeadLetterOptions = { durable?: string | undefined; id?: string | undefined };

const command = createCommand('npm run events --')
  .description('Lists and resends dead letters, and repairs streams.')
  .addHelpText(
    'after',
    '\nAddresses: DATABASE_URL and NATS_URL, otherwise those of the platform that runs in this checkout.',
  );

command
  .command('dead')
  .description('list the dead letters of consumers')
  .option('--durable <name>', 'only of this consumer')
  .option('--id <event id>', 'only this event')
  .action((options) => onDeadLetters('dead', options));
command
  .command('retry')
  .description('send dead letters again, only to the consumer that gave them up')
  .option('--durable <name>', 'only of this consumer')
  .option('--id <event id>', 'only this event')
  .action((options) => onDeadLetters('retry', options));
command
  .command('republish')
  .description('publish events of an owner again, at most those of the last 7 days')
  .addOption(new Option('--owner <owner>', 'who published them').choices(SUBGRAPHS).makeOptionMandatory())
  .requiredOption('--since <time>', 'the earliest of them, such as 2026-11-20T08:00:00Z', parseTime)
  .action(({ owner, since }) => onRepublish(owner, since));

await runCommand(command);

function parseTime(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('It is not a time such as 2026-11-20T08:00:00Z.');
  return time;
}

async function onDeadLetters(action: 'dead' | 'retry', { durable, id }: DeadLetterOptions): Promise<void> {
  const { natsUrl, databaseUrl, namespace } = await readAddresses();
  if (!natsUrl || !databaseUrl) throw new Error(`NATS_URL or DATABASE_URL is not set, ${NOT_RUNNING}`);
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'tintype-events', max: 1 });
  const log = createLog({ name: 'events', level: 'error' });
  const bus = await connectEvents({ url: natsUrl, namespace, pool, log });
  try {
    const filter = { durable, eventId: id };
    const letters = action === 'dead' ? await listDeadLetters(bus, filter) : await retryDeadLetters(bus, filter);
    for (const letter of letters) console.log(describe(letter));
    console.log(action === 'dead' ? `${letters.length} dead letters` : `${letters.length} sent again`);
  } finally {
    await bus.close();
    await pool.end();
  }
}

async function onRepublish(owner: SubgraphName, since: Date): Promise<void> {
  const { databaseUrl } = await readAddresses();
  if (!databaseUrl) throw new Error(`DATABASE_URL is not set, ${NOT_RUNNING}`);
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tintype-events' });
  await client.connect();
  try {
    console.log(`${await republish(client, owner, since)} events will be published again.`);
  } finally {
    await client.end();
  }
}

function describe({ durable, event, attempts, reason, failedAt, resentAt }: DeadLetter): string {
  const what = event
    ? `${event.id} ${event.type} of ${event.subject}`
    : 'a message that is not an event or no longer exists';
  const resent = resentAt ? `, sent again at ${resentAt.toISOString()} and not handled yet` : '';
  return `${failedAt.toISOString()} ${durable}: ${what}, ${attempts} attempts${resent}\n  ${reason}`;
}
