import { Argument, createCommand, InvalidArgumentError, Option, runCommand } from '@tintype/cli';
import { rebuildEngagement } from '@tintype/engagement';
import {
  connectEvents,
  type DeadLetter,
  listDeadLetters,
  OWNERS,
  type Owner,
  republish,
  retryDeadLetters,
} from '@tintype/events';
import { connectRedis } from '@tintype/redis';
import { readEnvironment } from '@tintype/service';
import { createLog } from '@tintype/telemetry';
import pg from 'pg';
import { readRunning } from './running.ts';

type Addresses = Record<'databaseUrl' | 'natsUrl' | 'redisUrl' | 'namespace', string | undefined>;

const NOT_RUNNING = 'and no platform runs in this checkout (npm start).';

type DeadLetterOptions = { durable?: string | undefined; id?: string | undefined };

const command = createCommand('npm run events --')
  .description('Lists and resends dead letters, and repairs streams and counts.')
  .addHelpText(
    'after',
    '\nAddresses: DATABASE_URL, NATS_URL and REDIS_URL, otherwise those of the platform that runs in this checkout.',
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
  .addOption(new Option('--owner <owner>', 'who published them').choices(OWNERS).makeOptionMandatory())
  .requiredOption('--since <time>', 'the earliest of them, such as 2026-11-20T08:00:00Z', parseTime)
  .action(({ owner, since }) => onRepublish(owner, since));
command
  .command('rebuild')
  .description('rebuild likes, counts and their copies in Redis, and prove that they agree')
  .addArgument(new Argument('<owner>', 'whose data').choices(['engagement'] as const))
  .action(() => onRebuild());

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

async function onRepublish(owner: Owner, since: Date): Promise<void> {
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

async function onRebuild(): Promise<void> {
  const { databaseUrl, redisUrl, namespace } = await readAddresses();
  if (!databaseUrl || !redisUrl) throw new Error(`DATABASE_URL or REDIS_URL is not set, ${NOT_RUNNING}`);
  const log = createLog({ name: 'events', level: 'error' });
  const redis = await connectRedis({ url: redisUrl, ...(namespace && { namespace }), log });
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'tintype-events', max: 2 });
  try {
    const { checksums, ...total } = await rebuildEngagement({ pool, redis }, (text) => console.log(text));
    console.log(`${total.events} events applied, ${total.posts} posts counted, ${total.corrected} counts corrected`);
    for (const [name, sum] of Object.entries(checksums)) console.log(`${name.padEnd(7)} ${sum}`);
    const agree = new Set(Object.values(checksums)).size === 1;
    console.log(
      agree ? 'They agree.' : 'They differ: likes came in meanwhile, or Redis does not answer. Run it again.',
    );
    if (!agree) process.exitCode = 1;
  } finally {
    await pool.end();
    await redis.close();
  }
}

/** From the environment, or else from what `npm start` recorded in this checkout. */
async function readAddresses(): Promise<Addresses> {
  const running = await readRunning();
  const env = readEnvironment();
  return {
    databaseUrl: env.DATABASE_URL || running.DATABASE_URL,
    natsUrl: env.NATS_URL || running.NATS_URL,
    redisUrl: env.REDIS_URL || running.REDIS_URL,
    namespace: env.TINTYPE_NAMESPACE ?? (env.NATS_URL || env.REDIS_URL ? '' : running.TINTYPE_NAMESPACE),
  };
}
