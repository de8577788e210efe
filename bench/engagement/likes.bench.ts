import { createLikeLog, createPendingLikeStore } from '@tintype/engagement';
import { createOutbox } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import { createLog } from '@tintype/telemetry';
import { inParallel, median } from '#fixture/figures.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';

const PEOPLE = 1_000_000;
const ROUNDS = 3;
/** Concurrent requests: more than the pool has connections, as in a gateway under load. */
const AT_ONCE = 1000;
/** The most that the plain way can take without waiting longer for a connection than the pool allows. */
const PLAIN_AT_ONCE = 64;
const KINDS = [
  { name: 'spread over 10,000 posts', posts: 10_000, likes: 200_000, plainLikes: 20_000, wanted: 5 },
  { name: 'all on one post', posts: 1, likes: 200_000, plainLikes: 6000, wanted: 20 },
];
type Kind = (typeof KINDS)[number];
type Round = { ours: number; plain: number };

/** Likes per second until every row is written, beside one transaction per like through the same pool. */
export async function benchLikes(): Promise<Result> {
  const fixture = await openFixture();
  try {
    fixture.startProcesses([
      { name: 'relay', entry: 'subgraphs/engagement/src/worker.ts', args: ['engagement__relay'], env: {} },
      { name: 'apply', entry: 'subgraphs/engagement/src/worker.ts', args: ['engagement__apply'], env: {} },
    ]);
    const like = likerOf(fixture);
    await measure(fixture, like, { ...KINDS[0]!, likes: 2000 }); // Until the workers are up and warm.
    await preparePlain(fixture);
    const rounds = new Map<Kind, Round[]>();
    for (const kind of KINDS) {
      const found: Round[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        const ours = await measure(fixture, like, kind);
        const plain = await measurePlain(fixture, kind);
        say(`${kind.name}, round ${round}: ${Math.round(ours)}/s, plain ${Math.round(plain)}/s`);
        found.push({ ours, plain });
      }
      rounds.set(kind, found);
    }
    return report(rounds);
  } finally {
    await fixture.close();
  }
}

type Liker = (userId: bigint, postId: bigint) => Promise<void>;

/** What the mutation does after the check that the viewer may see the post. */
function likerOf({ resources }: Fixture): Liker {
  const { database, redis, ids } = resources;
  const log = createLog({ name: 'bench', level: 'error' });
  const outbox = createOutbox<EngagementEvents>({ owner: 'engagement', ids });
  const likes = createLikeLog({ pool: database.pool, outbox, pending: createPendingLikeStore({ redis, log }) });
  return (userId, postId) =>
    likes.append({
      id: ids.next(),
      userId,
      target: { id: postId, postId, postAuthorId: 1n, isComment: false, targetAuthorId: 1n },
      liked: true,
    });
}

/** Different posts for each run, so that every like is a new row. */
function pairsOf(fixture: Fixture, kind: Kind, count: number): [bigint, bigint][] {
  const posts = Array.from({ length: kind.posts }, () => fixture.resources.ids.next());
  return Array.from({ length: count }, (_, n) => [
    BigInt(1 + (Math.floor(n / kind.posts) % PEOPLE)),
    posts[n % kind.posts]!,
  ]);
}

async function measure(fixture: Fixture, like: Liker, kind: Kind): Promise<number> {
  const { pool } = fixture.resources.database;
  const pairs = pairsOf(fixture, kind, kind.likes);
  const postIds = [...new Set(pairs.map(([, postId]) => postId))];
  const began = performance.now();
  await inParallel(pairs, AT_ONCE, ([userId, postId]) => like(userId, postId));
  await waitUntil(
    'the rows',
    async () => {
      const counted =
        'SELECT coalesce(sum(like_count), 0)::int AS sum FROM engagement.post_stats WHERE post_id = ANY($1)';
      return (await pool.query<{ sum: number }>(counted, [postIds])).rows[0]!.sum === pairs.length;
    },
    20,
  );
  const seconds = (performance.now() - began) / 1000;
  const rows = 'SELECT count(*)::int AS count FROM engagement."like" WHERE target_id = ANY($1) AND liked';
  const { count } = (await pool.query<{ count: number }>(rows, [postIds])).rows[0]!;
  if (count !== pairs.length) throw new Error(`${count} likes of ${pairs.length} are in the table`);
  return pairs.length / seconds;
}

async function preparePlain({ resources }: Fixture): Promise<void> {
  await resources.database.pool.query(`
    CREATE SCHEMA plain;
    CREATE TABLE plain."like" (target_id bigint, user_id bigint, id bigint NOT NULL, PRIMARY KEY (target_id, user_id));
    CREATE INDEX ON plain."like" (target_id, id DESC);
    CREATE INDEX ON plain."like" (user_id, id DESC);
    CREATE TABLE plain.post_stats (post_id bigint PRIMARY KEY, like_count int NOT NULL DEFAULT 0);`);
}

async function measurePlain(fixture: Fixture, kind: Kind): Promise<number> {
  const { database, ids } = fixture.resources;
  const pairs = pairsOf(fixture, kind, kind.plainLikes);
  const postIds = [...new Set(pairs.map(([, postId]) => postId))];
  await database.pool.query('INSERT INTO plain.post_stats (post_id) SELECT unnest($1::bigint[])', [postIds]);
  const insert = 'INSERT INTO plain."like" (target_id, user_id, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
  const count = 'UPDATE plain.post_stats SET like_count = like_count + 1 WHERE post_id = $1';
  const began = performance.now();
  await inParallel(pairs, PLAIN_AT_ONCE, ([userId, postId]) =>
    transaction(database.pool, async (tx) => {
      const inserted = await tx.query({ name: 'plain_like', text: insert, values: [postId, userId, ids.next()] });
      if (inserted.rowCount === 1) await tx.query({ name: 'plain_count', text: count, values: [postId] });
    }),
  );
  return pairs.length / ((performance.now() - began) / 1000);
}

function report(rounds: ReadonlyMap<Kind, Round[]>): Result {
  const ratioOf = (found: readonly Round[]) => median(found.map(({ ours, plain }) => ours / plain));
  const wanted = KINDS.map((kind) => `at least ${kind.wanted} times ${kind.name}`).join(', ');
  return {
    question: 'Likes per second, until every row and count is in the tables',
    goal: {
      wanted: `beside one transaction for each like: ${wanted}`,
      held: [...rounds].every(([kind, found]) => ratioOf(found) >= kind.wanted),
    },
    rows: [...rounds].flatMap(([kind, found]) =>
      found.map(({ ours, plain }, index) => ({
        likes: kind.name,
        round: index + 1,
        'log, likes/s': Math.round(ours),
        'plain, likes/s': Math.round(plain),
        ratio: (ours / plain).toFixed(1),
        'median ratio': ratioOf(found).toFixed(1),
      })),
    ),
    notes: [
      `Ours: acknowledged after the group commit, then relay, JetStream and the worker until the last row is counted; ${AT_ONCE} requests under way. Plain: an insert and an update of the count in a transaction, ${PLAIN_AT_ONCE} under way. Both through a pool of 8 connections of one process.`,
    ],
  };
}
