import { parseArgs } from 'node:util';
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

const HELP = `npm run events -- <command>
  dead      [--durable <name>] [--id <event id>]   lists what consumers gave up
  retry     [--durable <name>] [--id <event id>]   sends it again, to the consumer that gave it up alone
  republish --owner <owner> --since <time>         publishes an owner's events again, of the last 7 days at most
  rebuild engagement                               makes likes, counts and their copies in Redis again, and proves that they agree
Addresses: NATS_URL, DATABASE_URL and REDIS_URL, else those of the platform that runs in this checkout.`;

type Addresses = Record<'databaseUrl' | 'natsUrl' | 'redisUrl' | 'namespace', string | undefined>;

const NOT_RUNNING = 'and no platform runs in this checkout (npm start).';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    durable: { type: 'string' },
    id: { type: 'string' },
    owner: { type: 'string' },
    since: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

try {
  await run(positionals[0]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(command: string | undefined): Promise<void> {
  if (command === 'dead' || command === 'retry') return onDeadLetters(command);
  if (command === 'republish') return onRepublish();
  if (command === 'rebuild' && positionals[1] === 'engagement') return onRebuild();
  console.log(HELP);
  if (!values.help) process.exitCode = 2;
}

async function onDeadLetters(command: 'dead' | 'retry'): Promise<void> {
  const { natsUrl, databaseUrl, namespace } = await readAddresses();
  if (!natsUrl || !databaseUrl) throw new Error(`NATS_URL or DATABASE_URL is not set, ${NOT_RUNNING}`);
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'tintype-events', max: 1 });
  const log = createLog({ name: 'events', level: 'error' });
  const bus = await connectEvents({ url: natsUrl, namespace, pool, log });
  try {
    const filter = { durable: values.durable, eventId: values.id };
    const letters = command === 'dead' ? await listDeadLetters(bus, filter) : await retryDeadLetters(bus, filter);
    for (const letter of letters) console.log(describe(letter));
    console.log(command === 'dead' ? `${letters.length} dead letters` : `${letters.length} sent again`);
  } finally {
    await bus.close();
    await pool.end();
  }
}

async function onRepublish(): Promise<void> {
  const owner = values.owner as Owner;
  const since = new Date(values.since ?? '');
  if (!OWNERS.includes(owner)) throw new Error(`--owner is one of ${OWNERS.join(', ')}.`);
  if (Number.isNaN(since.getTime())) throw new Error('--since is a time such as 2026-11-20T08:00:00Z.');
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

function describe({ durable, event, tries, reason, failedAt, resentAt }: DeadLetter): string {
  const what = event ? `${event.id} ${event.type} of ${event.subject}` : 'a message that is no event, or is gone';
  const resent = resentAt ? `, sent again at ${resentAt.toISOString()} and not handled yet` : '';
  return `${failedAt.toISOString()} ${durable}: ${what}, ${tries} tries${resent}\n  ${reason}`;
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

/** The environment first; then what `npm start` noted down in this checkout, under the same names. */
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
