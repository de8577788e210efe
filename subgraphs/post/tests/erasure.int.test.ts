import { createOutbox, type ErasureStep } from '@tintype/events';
import { createIdempotency } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import { createSignalPublisher } from '@tintype/redis';
import { eraseAll, eraseInterrupted, eventually, explainWithIndexes, ONE_RANGE_SCAN } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REMAINING_POSTS } from '#erasure/erasure.repository.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { insertPost } from '#post/post.repository.ts';
import { openPublishing } from './hashtag.fixture.ts';
import { jpeg, type Posts, startPosts } from './post.fixture.ts';

let posts: Posts;
let steps: readonly ErasureStep[];
type Page = Parameters<ErasureStep['next']>;
const other = () => posts.people[0]!;

beforeAll(async () => {
  posts = await startPosts({ workers: true, people: 5 });
  const { database, redis, store, ids } = posts.environment;
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  steps = createErasureSteps({
    pool: database.pool,
    idempotency: createIdempotency({ pool: database.pool, schema: 'post' }),
    store,
    publisher,
    signals: createSignalPublisher({ redis, owner: 'post' }),
  });
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await posts.environment.database.pool.query(text, values)).rows as Row[];
}

async function left(userId: bigint): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM post.post WHERE author_id = $1 AND deleted_at IS NULL) AS posts,
       (SELECT count(*)::int FROM post.post WHERE author_id = $1 AND (caption <> '' OR mentioned_ids <> '{}')) AS texts,
       (SELECT count(*)::int FROM post.media WHERE author_id = $1 AND alt_text <> '') AS "altTexts",
       (SELECT count(*)::int FROM post.post_hashtag WHERE author_id = $1) AS hashtags,
       (SELECT coalesce(sum(post_count + close_friend_post_count), 0)::int FROM post.author WHERE user_id = $1) AS counted,
       (SELECT count(*)::int FROM post.upload WHERE owner_id = $1 AND consumed_at IS NULL AND expires_at > now()) AS uploads`,
    [userId],
  );
  return row!;
}
const NOTHING = { posts: 0, texts: 0, altTexts: 0, hashtags: 0, counted: 0, uploads: 0 };

/** Counts of hashtags and pairs that differ from the listed posts. */
async function drifted(): Promise<unknown[]> {
  return [
    ...(await sql(`SELECT key FROM post.hashtag h
      WHERE post_count <> (SELECT count(*) FROM post.post_hashtag p WHERE p.key = h.key)`)),
    ...(await sql(`SELECT coalesce(p.key, r.key) FROM post.hashtag_cooccurrence p FULL JOIN (
        SELECT a.key, b.key AS other_key, count(*)::int AS post_count FROM post.post_hashtag a
        JOIN post.post_hashtag b ON a.post_id = b.post_id AND a.key <> b.key WHERE a.was_public GROUP BY 1, 2) AS r USING (key, other_key)
      WHERE p.post_count IS DISTINCT FROM r.post_count`)),
  ];
}

const deletedEvents = (userId: bigint) =>
  sql<{ subject: string }>(
    `SELECT subject FROM post.outbox WHERE type = 'tintype.post.post.deleted.v1' AND data->>'authorId' = $1 ORDER BY subject`,
    [String(userId)],
  ).then((rows) => rows.map((row) => row.subject));

const objectKeys = (userId: bigint) =>
  sql<{ key: string }>(
    `SELECT 'originals/' || owner_id || '/' || id AS key FROM post.upload WHERE owner_id = $1 AND closed_at IS NOT NULL
     UNION SELECT r->>'key' FROM post.media, jsonb_array_elements(renditions) AS r WHERE author_id = $1`,
    [userId],
  ).then((rows) => rows.map((row) => row.key));

const existing = async (keys: readonly string[]) => {
  const found = await Promise.all(keys.map((key) => posts.environment.store.head(key)));
  return keys.filter((_, index) => found[index]);
};

describe('a deleted account', () => {
  test('has no posts, uploads or counts left, however often the erasure is interrupted', async () => {
    const gone = posts.people[1]!;
    const { publish, remove } = openPublishing(posts);
    const ids = [];
    for (const caption of ['#sea #sun', '#sun #sea #sand', '#sea', 'nothing', '#sand #sea'])
      ids.push(await publish(gone, caption));
    ids.push(await publish(gone, 'for #friends', 'CLOSE_FRIENDS'));
    await publish(other(), '#sea #sun #sand');
    const { pool } = posts.environment.database;
    const waiting = await insertPost(pool, {
      id: posts.environment.ids.next(),
      authorId: gone,
      caption: 'still #rendered',
      audience: 'EVERYONE',
      mentionedIds: [other()],
    });
    await sql(`INSERT INTO post.post (author_id, id, caption, state) VALUES ($1, $2, 'a failed one', 'FAILED')`, [
      gone,
      posts.environment.ids.next(),
    ]);
    const before = await publish(gone, 'deleted before');
    await remove(gone, before);
    await posts.askForms(
      gone,
      [1, 2, 3].map((byteSize) => ({ contentType: 'image/jpeg', byteSize })),
    );
    expect(await left(gone)).toEqual({ posts: 8, texts: 9, altTexts: 0, hashtags: 8, counted: 6, uploads: 3 });

    expect(await eraseInterrupted(steps, gone, 2)).toBeGreaterThan(4);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    const events = await deletedEvents(gone);
    expect(new Set(events).size).toBe(events.length);
    expect(events).toHaveLength(9);
    expect(events).toContain(String(waiting.id));
    expect(await left(other())).toMatchObject({ posts: 1, hashtags: 3, counted: 1 });
    await eraseAll(steps, gone, 2);
    expect(await deletedEvents(gone)).toEqual(events);
  });

  test('has its files removed by one event, and a replay changes nothing', async () => {
    const gone = posts.people[2]!;
    for (const caption of ['#harbour one', '#harbour two']) await posts.publish(gone, [await jpeg()], caption);
    const kept = await posts.publish(other(), [await jpeg('#993366')], '#harbour three');
    await posts.upload(gone, [await jpeg('#336633')]);
    const keys = await objectKeys(gone);
    expect(keys.length).toBeGreaterThanOrEqual(6);
    expect(await existing(keys)).toHaveLength(keys.length);
    const keptKeys = await objectKeys(other());
    await posts.world.deleteAccount(gone);
    await eventually(async () => expect(await left(gone)).toEqual(NOTHING));
    await eventually(async () => expect(await existing(keys)).toEqual([]));
    expect(await existing(keptKeys)).toEqual(keptKeys);
    expect((await posts.findPost(other(), kept.id))?.state).toBe('PUBLISHED');
    expect(await drifted()).toEqual([]);

    const events = await deletedEvents(gone);
    await posts.world.deleteAccount(gone);
    const { bus } = posts.environment;
    await eventually(async () => {
      const info = await bus.jsm.consumers.info(bus.streamName('user'), 'post__erasure');
      expect([info.delivered.consumer_seq, info.num_ack_pending, info.num_pending]).toEqual([2, 0, 0]);
    });
    expect(await deletedEvents(gone)).toEqual(events);
  }, 60_000);

  test('gets no post that was being written meanwhile', async () => {
    const gone = posts.people[3]!;
    const { pool } = posts.environment.database;
    const publisher = createPostPublisher(createOutbox({ owner: 'post', ids: posts.environment.ids }));
    const id = posts.environment.ids.next();
    await transaction(pool, async (tx) => {
      await insertPost(tx, { id, authorId: gone, caption: 'too late', audience: 'EVERYONE', mentionedIds: [] });
      await publisher.publish(tx, 'tintype.post.post.created.v1', { postId: String(id), authorId: String(gone) });
      await eraseAll(steps, gone, 2);
    });
    await eventually(async () => expect(await left(gone)).toEqual(NOTHING));
    expect(await deletedEvents(gone)).toEqual([String(id)]);
    // Uploads are refused, too.
    await posts.askForms(gone, [{ contentType: 'image/jpeg', byteSize: 5 }]);
    expect(await left(gone)).toEqual(NOTHING);
  });

  test('has nothing left of a post that was published between two pages', async () => {
    const gone = posts.people[4]!;
    const { publish } = openPublishing(posts);
    let published = 0;
    const busy = steps.map((step) => ({
      ...step,
      next: async (...page: Page) => {
        if (step.name === 'posts' && published++ < 4) await publish(gone, `#dusk ${published}`);
        return step.next(...page);
      },
    }));
    await eraseAll(busy, gone, 1);
    expect(await left(gone)).toEqual(NOTHING);
    expect(await drifted()).toEqual([]);
    expect(await deletedEvents(gone)).toHaveLength(4);
  });

  test('has its posts read with one range scan for each page', async () => {
    const plan = await explainWithIndexes(posts.environment.database.pool, REMAINING_POSTS, [1n, 5]);
    expect(plan.join()).toMatch(ONE_RANGE_SCAN);
  });
});
