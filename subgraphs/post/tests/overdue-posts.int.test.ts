import { createOutbox, createRelay, listDeadLetters } from '@tintype/events';
import { createSignalPublisher } from '@tintype/redis';
import { startWorkers } from '@tintype/service';
import { eventually, explainWithIndexes, startTcpProxyTo, type TcpProxy, through } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMediaService } from '#media/media.service.ts';
import { createMediaStorage, type MediaStorage } from '#media/media.storage.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { createPostCreatedConsumer } from '#publishing/on-post-created.consumer.ts';
import { CLAIM_OVERDUE } from '#publishing/overdue-post.repository.ts';
import { createOverduePostService } from '#publishing/overdue-post.service.ts';
import { createPublishPostService } from '#publishing/publish-post.service.ts';
import { incomingKey } from '#upload/upload.rules.ts';
import { jpeg, type Photo, type Posts, snowflakeOf, startPosts } from './post.fixture.ts';

let s3: TcpProxy;
let posts: Posts;
let author: bigint;
let photo: Photo;
let storage: MediaStorage;
beforeAll(async () => {
  const endpoint = (JSON.parse(process.env.TINTYPE_TEST_ADDRESSES ?? '{}') as { S3_ENDPOINT?: string }).S3_ENDPOINT!;
  s3 = await startTcpProxyTo(endpoint);
  posts = await startPosts({ env: { S3_ENDPOINT: through(s3, endpoint) } });
  [author] = posts.people as [bigint];
  photo = await jpeg();
  const { store, config } = posts.environment;
  storage = createMediaStorage({ store, secret: config.secret });
});
afterAll(async () => {
  s3?.restore();
  await posts?.graph.close();
  await posts?.environment.close();
  await s3?.close();
});

const never = new AbortController().signal;
const removeIfErased = async () => false;

function service(changes: Partial<MediaStorage> = {}) {
  const { database, redis, ids } = posts.environment;
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const changed = { ...storage, ...changes };
  return createPublishPostService({
    pool: database.pool,
    media: createMediaService({ pool: database.pool, storage: changed }),
    storage: changed,
    publisher,
    signals: createSignalPublisher({ redis, owner: 'post' }),
    isPublicAccount: async () => true,
  });
}

/** The service of the job, with a limit that makes every post overdue at once. */
function overdue(changes: Partial<MediaStorage> = {}) {
  const { database, log } = posts.environment;
  const options = { pool: database.pool, posts: service(changes), removeIfErased, log, overdueMs: 0, leaseMs: 0 };
  return createOverduePostService(options);
}

async function waiting(): Promise<string> {
  const [uploadId] = await posts.upload(author, [photo]);
  return (await posts.createPost(author, [{ uploadId: uploadId! }])).post!.id;
}

async function stateOf(id: string) {
  const text = 'SELECT state, failure_reason AS reason, overdue_attempts AS attempts FROM post.post WHERE id = $1';
  return (await posts.environment.database.pool.query(text, [snowflakeOf(id)])).rows[0];
}

describe('while the object store is unavailable', () => {
  test('for longer than all attempts of an event, no post becomes a dead letter, and each is published afterwards', async () => {
    const { bus, database, log } = posts.environment;
    const ids = [await waiting(), await waiting(), await waiting()];
    let reads = 0;
    const takeOriginal: MediaStorage['takeOriginal'] = (upload) => {
      reads += 1;
      return storage.takeOriginal(upload);
    };
    s3.cut();
    const workers = await startWorkers([
      createRelay({ owner: 'post', database, bus, log }),
      createPostCreatedConsumer({ bus, posts: service({ takeOriginal }), removeIfErased, log }),
    ]);
    try {
      // Each event has five attempts.
      await eventually(() => expect(reads).toBeGreaterThan(6), { timeoutMs: 50_000 });
      for (const id of ids) expect(await stateOf(id)).toMatchObject({ state: 'PROCESSING' });
      s3.restore();
      await eventually(async () => {
        for (const id of ids) expect(await stateOf(id)).toMatchObject({ state: 'PUBLISHED' });
      });
      expect(await listDeadLetters(bus)).toEqual([]);
    } finally {
      s3.restore();
      await workers.close();
    }
  });

  test('an overdue post stays undecided, and no attempt counts', async () => {
    const id = await waiting();
    s3.cut();
    await overdue().resolveAll(never);
    expect(await stateOf(id)).toEqual({ state: 'PROCESSING', reason: null, attempts: 0 });
    s3.restore();
    await posts.environment.database.pool.query('UPDATE post.post SET overdue_retry_at = NULL WHERE id = $1', [
      snowflakeOf(id),
    ]);
    await overdue().resolveAll(never);
    expect(await stateOf(id)).toMatchObject({ state: 'PUBLISHED' });
  });
});

describe('a post whose event is lost', () => {
  test('is published if its photos exist', async () => {
    const id = await waiting();
    await overdue().resolveAll(never);
    expect(await stateOf(id)).toMatchObject({ state: 'PUBLISHED' });
    expect((await posts.eventsOf(id)).map(({ type }) => type)).toContain('tintype.post.post.published.v1');
  });

  test('fails if they do not', async () => {
    const id = await waiting();
    const { database, store } = posts.environment;
    const { rows } = await database.pool.query<{ id: string }>(
      'SELECT upload_id::text AS id FROM post.media WHERE post_id = $1',
      [snowflakeOf(id)],
    );
    await store.remove(incomingKey({ ownerId: author, id: BigInt(rows[0]!.id) }));
    await overdue().resolveAll(never);
    expect(await stateOf(id)).toMatchObject({ state: 'FAILED', reason: expect.stringContaining('file is missing') });
  });

  test('fails after three attempts for any other reason, even if each attempt ends the process', async () => {
    const id = await waiting();
    let tries = 0;
    await overdue({
      takeOriginal: async () => {
        tries += 1;
        throw new Error('a fault of our own');
      },
    }).resolveAll(never);
    expect(tries).toBe(3);
    expect(await stateOf(id)).toMatchObject({
      state: 'FAILED',
      reason: expect.stringContaining('could not be processed'),
    });
    expect((await posts.eventsOf(id)).map(({ type }) => type)).toContain('tintype.post.post.failed.v1');
  });
});

test('posts that are not overdue are left to the media worker', async () => {
  const id = await waiting();
  const { database, log } = posts.environment;
  await createOverduePostService({ pool: database.pool, posts: service(), removeIfErased, log }).resolveAll(never);
  expect(await stateOf(id)).toMatchObject({ state: 'PROCESSING', attempts: 0 });
});

test('claiming reads an index of PROCESSING posts only', async () => {
  const nodes = await explainWithIndexes(posts.environment.database.pool, CLAIM_OVERDUE, [0, 0]);
  expect(nodes.join()).toMatch(/Limit,LockRows,Index Scan/);
});
