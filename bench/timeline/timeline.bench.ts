import { createOutbox } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type { PostEvents } from '@tintype/schema/events/post';
import { median } from '#fixture/figures.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { zaddPerSecond } from './redis-benchmark.ts';

const FOLLOWERS = 20_000;
/** Initial entries of each timeline: those of an active reader, and more than Redis keeps in its compact encoding. */
const DEPTH = 300;
const POSTS = 25;
const ROUNDS = 3;
const WANTED = 0.5;

const AUTHOR = 1n;
/** redis-benchmark writes its random number with 12 digits. With these ids, it writes the same timelines. */
const FIRST_FOLLOWER = 5_000_000_000_000n;
const FIRST_MS = 1_700_000_000_000;
const SEED_KEYS = 500;

const SEED = `
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], 0, 'complete')
  for n = 1, tonumber(ARGV[1]) do
    redis.call('ZADD', KEYS[i], tonumber(ARGV[2]) + n, string.format('%019d', n))
  end
end`;

const COUNT = `
local sum = 0
for i = 1, #KEYS do sum = sum + redis.call('ZCOUNT', KEYS[i], ARGV[1], ARGV[2]) end
return sum`;

/** Timeline inserts from event to last follower, through relay, JetStream and fan-out worker, beside pipelined ZADD. */
export async function benchTimeline(): Promise<Result> {
  const fixture = await openFixture();
  try {
    say(`${FOLLOWERS} followers with ${DEPTH} entries each`);
    await seedAudience(fixture);
    await seedTimelines(fixture);
    fixture.startProcesses([
      { name: 'relay', entry: 'subgraphs/post/src/worker.ts', args: ['post__relay'], env: {} },
      { name: 'fan-out', entry: 'subgraphs/feed/src/worker.ts', args: ['feed__fan-out'], env: {} },
    ]);
    let nextMs = FIRST_MS + DEPTH + 1;
    await deliver(fixture, nextMs++, 1); // Until the workers are up and warm.
    const rounds: { fanOut: number; zadd: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const seconds = await deliver(fixture, nextMs, POSTS);
      nextMs += POSTS;
      const fanOut = (POSTS * FOLLOWERS) / seconds;
      const zadd = await zaddPerSecond({
        redisUrl: fixture.config.redisUrl,
        key: timelineKey('{5__rand_int__}'),
        score: String(nextMs++),
        member: '1000000__rand_int__',
        range: FOLLOWERS,
        count: POSTS * FOLLOWERS,
      });
      rounds.push({ fanOut, zadd });
    }
    return report(rounds);
  } finally {
    await fixture.close();
  }
}

const timelineKey = (tag: string) => `feed:home:v1:${tag}`;

async function seedAudience(fixture: Fixture): Promise<void> {
  const { pool } = fixture.resources.database;
  await pool.query('INSERT INTO feed.author (user_id, follower_count) VALUES ($1, $2)', [AUTHOR, FOLLOWERS]);
  await pool.query(
    `INSERT INTO feed.audience (author_id, follower_id, follows, follow_version)
     SELECT $1, $2::bigint + n, true, 1 FROM generate_series(0, $3::int - 1) AS n`,
    [AUTHOR, FIRST_FOLLOWER, FOLLOWERS],
  );
  await pool.query('ANALYZE feed.audience');
}

/** Calls a script with the keys of all followers' timelines, some at a time. */
async function onTimelines(fixture: Fixture, script: string, args: readonly string[]): Promise<number> {
  let sum = 0;
  for (let from = 0; from < FOLLOWERS; from += SEED_KEYS) {
    const keys = Array.from({ length: Math.min(SEED_KEYS, FOLLOWERS - from) }, (_, index) =>
      timelineKey(`{${FIRST_FOLLOWER + BigInt(from + index)}}`),
    );
    sum += Number(await fixture.resources.redis.client.eval(script, { keys, arguments: [...args] }));
  }
  return sum;
}

async function seedTimelines(fixture: Fixture): Promise<void> {
  await onTimelines(fixture, `${SEED}\nreturn 0`, [String(DEPTH), String(FIRST_MS)]);
}

/**
 * Publishes posts in one transaction and waits until the last follower has the last of them.
 *
 * @returns seconds from before the commit
 * @throws Error if a follower lacks one
 */
async function deliver(fixture: Fixture, firstMs: number, posts: number): Promise<number> {
  const { database, ids, redis } = fixture.resources;
  const outbox = createOutbox<PostEvents>({ owner: 'post', ids });
  const published = Array.from({ length: posts }, (_, index) => ({ postId: ids.next(), publishedMs: firstMs + index }));
  const began = performance.now();
  await transaction(database.pool, (tx) =>
    outbox.append(
      tx,
      published.map(({ postId, publishedMs }) => ({
        type: 'tintype.post.post.published.v1',
        subject: String(postId),
        data: {
          postId: String(postId),
          authorId: String(AUTHOR),
          audience: 'EVERYONE',
          publishedMs,
          caption: '',
          hashtags: [],
          mentionedIds: [],
        },
      })),
    ),
  );
  // Pages are sent in the order of the followers, over one connection.
  const last = timelineKey(`{${FIRST_FOLLOWER + BigInt(FOLLOWERS - 1)}}`);
  const range = [String(firstMs), String(firstMs + posts - 1)] as const;
  await waitUntil('the last follower', async () => (await redis.client.zCount(last, ...range)) === posts, 5);
  const seconds = (performance.now() - began) / 1000;
  const entries = await onTimelines(fixture, COUNT, range);
  if (entries !== posts * FOLLOWERS) throw new Error(`${entries} entries of ${posts * FOLLOWERS} are in timelines`);
  return seconds;
}

function report(rounds: readonly { fanOut: number; zadd: number }[]): Result {
  const ratio = median(rounds.map(({ fanOut, zadd }) => fanOut / zadd));
  return {
    question: 'Timeline inserts per second, from event to last follower',
    goal: {
      wanted: `at least ${WANTED} of pipelined ZADD from redis-benchmark into the same timelines, median of ${ROUNDS} rounds`,
      held: ratio >= WANTED,
    },
    rows: rounds.map(({ fanOut, zadd }, index) => ({
      round: index + 1,
      'fan-out inserts/s': Math.round(fanOut),
      'bare ZADD/s': Math.round(zadd),
      ratio: (fanOut / zadd).toFixed(2),
    })),
    notes: [
      `Median ratio ${ratio.toFixed(2)}. ${POSTS} posts of one author to ${FOLLOWERS.toLocaleString('en')} followers whose timelines hold ${DEPTH} entries: outbox, relay, JetStream and the fan-out worker are in the time, and each insert also looks whether the timeline exists, is complete and is to be cut.`,
    ],
  };
}
