/**
 * A process that the test kills: `node faults.child.ts relay|consumer <database url> <nats url>`. Its consumer records
 * the start of each event, and never finishes one whose subject is "stuck".
 */
import { createDatabase } from '@tintype/postgres';
import { createLog } from '@tintype/telemetry';
import { connectEvents, createConsumer, createRelay } from '../src/index.ts';

const [role, databaseUrl, natsUrl] = process.argv.slice(2) as [string, string, string];
const log = createLog({ name: role, level: 'fatal' });
const database = createDatabase({ url: databaseUrl, applicationName: role, max: 4 });
const bus = await connectEvents({ url: natsUrl, pool: database.pool, log });

if (role === 'relay') {
  await createRelay({ owner: 'post', database, bus, log }).start();
} else {
  await createConsumer({
    bus,
    stream: 'post',
    durable: 'feed__ledger',
    filter: 'tintype.post.>',
    ackWaitMs: 1500,
    log,
    handle: async (event) => {
      await database.pool.query('insert into begun (event_id) values ($1)', [event.id]);
      if (event.subject === 'stuck') await new Promise(() => setInterval(() => {}, 1000));
    },
  }).start();
}
