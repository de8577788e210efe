import { createCommand, runCommand } from '@tintype/cli';
import { readAddresses } from '@tintype/local/running';
import { connectRedis } from '@tintype/redis';
import { createLog } from '@tintype/telemetry';
import pg from 'pg';
import { rebuildEngagement } from '#event-log/rebuild.service.ts';

const command = createCommand('npm run engagement --')
  .description('Repairs likes and counts.')
  .addHelpText(
    'after',
    '\nAddresses: DATABASE_URL and REDIS_URL, otherwise those of the platform that runs in this checkout.',
  );
command
  .command('rebuild')
  .description('rebuild likes, counts and their copies in Redis, and prove that they agree')
  .action(() => rebuild());

await runCommand(command);

async function rebuild(): Promise<void> {
  const { databaseUrl, redisUrl, namespace } = await readAddresses();
  if (!databaseUrl || !redisUrl) {
    throw new Error('DATABASE_URL or REDIS_URL is not set, and no platform runs in this checkout (npm start).');
  }
  const log = createLog({ name: 'engagement', level: 'error' });
  const redis = await connectRedis({ url: redisUrl, ...(namespace && { namespace }), log });
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'tintype-engagement', max: 2 });
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
