import { createOutbox, createRelay, listDeadLetters } from '@tintype/events';
import { startWorkers } from '@tintype/service';
import { eventually, explainWithIndexes, startTcpProxyTo, type TcpProxy, through } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMediaStorage, type MediaStorage } from '#media/media.storage.ts';
import { CLAIM_OVERDUE } from '#media/overdue.repository.ts';
import { createOverdueService } from '#media/overdue.service.ts';
import { createMediaWorker } from '#media/process-media.job.ts';
import { createProcessMediaService } from '#media/process-media.service.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { incomingKey } from '#upload/upload.rules.ts';
import { jpeg, type Photo, type Posts, startPosts } from './harness.ts';

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
const removeLate = async () => false;

function service(changes: Partial<MediaStorage> = {}) {
  const { database, ids } = posts.environment;
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const isPublic = async () => true;
  return createProcessMediaService({ pool: database.pool, storage: { ...storage, ...changes }, publisher, isPublic });
}

/** The job's service, for which every post is overdue at once. */
function overdue(changes: Partial<MediaStorage> = {}) {
  const { database, log } = posts.environment;
  const options = { pool: database.pool, media: service(changes), removeLate, log, overdueMs: 0, leaseMs: 0 };
  return createOverdueService(options);
}

async function waiting(): Promise<string> {
  const [uploadId] = await posts.upload(author, [photo]);
  return (await posts.createPost(author, [{ uploadId: uploadId! }])).post!.id;
}

async function stateOf(id: string) {
  const text = 'SELECT state, failure_reason AS reason, overdue_tries AS tries FROM post.post WHERE id = $1';
  return (await posts.environment.database.pool.query(text, [id])).rows[0];
}

describe('while the object store is away', () => {
  test('longer than all tries of an event take, no post becomes a dead letter, and each is published afterwards', async () => {
    const { bus, database, log } = posts.environment;
    const ids = [await waiting(), await waiting(), await waiting()];
    let reads = 0;
    const takeOriginal: MediaStorage['takeOriginal'] = (key) => {
      reads += 1;
      return storage.takeOriginal(key);
    };
    s3.cut();
    const workers = await startWorkers([
      createRelay({ owner: 'post', database, bus, log }),
      createMediaWorker({ bus, media: service({ takeOriginal }), removeLate, log }),
    ]);
    try {
      // Each event has five tries.
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

  test('an overdue post is not decided, and no try counts', async () => {
    const id = await waiting();
    s3.cut();
    await overdue().decide(never);
    expect(await stateOf(id)).toEqual({ state: 'PROCESSING', reason: null, tries: 0 });
    s3.restore();
    await posts.environment.database.pool.query('UPDATE post.post SET overdue_at = NULL WHERE id = $1', [id]);
    await overdue().decide(never);
    expect(await stateOf(id)).toMatchObject({ state: 'PUBLISHED' });
  });
});

describe('a post whose event is lost', () => {
  test('is published where its photos are there', async () => {
    const id = await waiting();
    await overdue().decide(never);
    expect(await stateOf(id)).toMatchObject({ state: 'PUBLISHED' });
    expect((await posts.eventsOf(id)).map(({ type }) => type)).toContain('tintype.post.post.published.v1');
  });

  test('fails where they are gone', async () => {
    const id = await waiting();
    const { database, store } = posts.environment;
    const { rows } = await database.pool.query('SELECT object_key FROM post.media WHERE post_id = $1', [id]);
    await store.remove(incomingKey(rows[0].object_key));
    await overdue().decide(never);
    expect(await stateOf(id)).toMatchObject({ state: 'FAILED', reason: expect.stringContaining('upload is gone') });
  });

  test('fails after three tries where something else is wrong with it, also where each try ends the process', async () => {
    const id = await waiting();
    let tries = 0;
    await overdue({
      takeOriginal: async () => {
        tries += 1;
        throw new Error('a fault of our own');
      },
    }).decide(never);
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
  await createOverdueService({ pool: database.pool, media: service(), removeLate, log }).decide(never);
  expect(await stateOf(id)).toMatchObject({ state: 'PROCESSING', tries: 0 });
});

test('claiming reads an index of posts that are PROCESSING alone', async () => {
  const nodes = await explainWithIndexes(posts.environment.database.pool, CLAIM_OVERDUE, [0, 0]);
  expect(nodes.join()).toMatch(/Limit,LockRows,Index Scan/);
});
