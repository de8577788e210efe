import { listCoEngaged } from '@tintype/engagement';
import type pg from 'pg';
import { percentile } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';

/** The second size has ten times as many people, posts and likes. Each person likes as much as before. */
const SIZES = [
  { people: 2000, posts: 10_000, likes: 100_000 },
  { people: 20_000, posts: 100_000, likes: 1_000_000 },
];
const VIEWERS = 200;
const WANTED_GROWTH = 3;

/** The same query without bounds: everybody who liked any post that the viewer likes, and everything that they like. */
const UNBOUNDED = `
  WITH mine AS (SELECT post_id FROM engagement."like" WHERE user_id = $1 AND liked),
    peers AS (SELECT l.user_id, count(*) AS shared FROM mine JOIN engagement."like" l ON l.target_id = mine.post_id AND l.liked
      WHERE l.user_id <> $1 GROUP BY l.user_id),
    degrees AS (SELECT user_id, shared, (SELECT count(*) FROM engagement."like" l WHERE l.user_id = peers.user_id AND l.liked) AS degree FROM peers)
  SELECT l.post_id FROM degrees JOIN engagement."like" l ON l.user_id = degrees.user_id AND l.liked
  WHERE l.post_id NOT IN (SELECT post_id FROM mine)
  GROUP BY l.post_id ORDER BY sum(shared / ln(1 + degree)) DESC LIMIT 100`;

/** Compares the bounded statement by which explore finds co-engaged posts with the same query without bounds. */
export async function benchCoEngagement(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const { pool } = fixture.resources.database;
    const rows: Row[] = [];
    for (const size of SIZES) {
      await fill(pool, size);
      const viewers = Array.from({ length: VIEWERS }, (_, index) => BigInt(1 + ((index * 7919) % size.people)));
      const bounded = await timed(viewers, (viewer) => listCoEngaged(pool, viewer, 100));
      const all = await timed(viewers.slice(0, VIEWERS / 10), (viewer) => unbounded(pool, viewer));
      rows.push({
        likes: size.likes,
        people: size.people,
        posts: size.posts,
        'p50 ms': figure(bounded, 0.5),
        'p99 ms': figure(bounded, 0.99),
        'without bounds p50 ms': figure(all, 0.5),
        times: Number((percentile(all, 0.5) / percentile(bounded, 0.5)).toFixed(1)),
      });
      say(JSON.stringify(rows.at(-1)));
    }
    const [small, large] = rows.map((row) => Number(row['p99 ms']));
    return {
      question: 'Posts liked by people with similar likes (co-engagement), for a new list of explore',
      goal: {
        wanted: `the p99 with ${SIZES[1]!.likes} likes at most ${WANTED_GROWTH} times that with ${SIZES[0]!.likes}`,
        held: large! <= WANTED_GROWTH * small!,
      },
      rows,
      notes: [
        `Computed by the platform's own statement for ${VIEWERS} viewers, one after another; the same without bounds for a tenth of them. Few posts have most likes: the third power of chance chooses them. It is asked once for each change of what the viewer likes, and otherwise answered from Redis.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}

async function fill(pool: pg.Pool, { people, posts, likes }: (typeof SIZES)[number]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = '120s'");
    await client.query('TRUNCATE engagement."like"');
    // The same likes in each run.
    await client.query('SELECT setseed(0.5)');
    await client.query(
      `INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
       SELECT post_id, user_id, id, true, post_id, false, id FROM (
         SELECT n AS id, 1 + floor(random() * $1)::bigint AS user_id, 1 + floor(power(random(), 3) * $2)::bigint AS post_id
         FROM generate_series(1, $3::int) n) made
       ON CONFLICT DO NOTHING`,
      [people, posts, likes],
    );
    await client.query('VACUUM ANALYZE engagement."like"');
  } finally {
    client.release(true);
  }
}

async function unbounded(pool: pg.Pool, viewer: bigint): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = '60s'");
    await client.query({ name: 'unbounded', text: UNBOUNDED, values: [viewer] });
  } finally {
    client.release(true);
  }
}

async function timed(viewers: readonly bigint[], work: (viewer: bigint) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const viewer of viewers) {
    const began = performance.now();
    await work(viewer);
    times.push(performance.now() - began);
  }
  return times;
}

function figure(times: readonly number[], share: number): number {
  return Number(percentile(times, share).toFixed(1));
}
