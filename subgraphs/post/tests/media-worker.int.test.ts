import { createOutbox, createRelay, listDeadLetters, retryDeadLetters, UnprocessableEventError } from '@tintype/events';
import { createSignalPublisher } from '@tintype/redis';
import { startWorkers } from '@tintype/service';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMediaService } from '#media/media.service.ts';
import { createMediaStorage, type MediaStorage } from '#media/media.storage.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { createPostCreatedConsumer } from '#publishing/on-post-created.consumer.ts';
import { createPublishPostService } from '#publishing/publish-post.service.ts';
import { incomingKey } from '#upload/upload.rules.ts';
import { jpeg, type Photo, type Posts, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let author: bigint;
let photo: Photo;
let storage: MediaStorage;
beforeAll(async () => {
  posts = await startPosts();
  [author] = posts.people as [bigint];
  photo = await jpeg();
  const { store, config } = posts.environment;
  storage = createMediaStorage({ store, secret: config.secret });
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

const never = new AbortController().signal;

/** The service of the media worker, with a store that may fail. */
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

async function waiting(photos: Photo[] = [photo]): Promise<string> {
  const uploadIds = await posts.upload(author, photos);
  const media = uploadIds.map((uploadId) => ({ uploadId }));
  return (await posts.createPost(author, media)).post!.id;
}

const typesOf = async (id: string) => (await posts.eventsOf(id)).map((event) => event.type.split('.')[3]);

/** Whether the object of each kind of rendition exists under this prefix, in the order of all kinds. */
async function renditionsOf(id: string): Promise<boolean[]> {
  const { rows } = await posts.environment.database.pool.query<{ id: string }>(
    'SELECT id::text FROM post.media WHERE post_id = $1 ORDER BY position',
    [snowflakeOf(id)],
  );
  const { config, store } = posts.environment;
  const seen: string[] = [];
  const spy = createMediaStorage({
    store: { ...store, remove: async (key) => void seen.push(key) },
    secret: config.secret,
  });
  for (const row of rows) await spy.removeRenditions({ id: BigInt(row.id), renditions: null });
  return Promise.all(seen.map(async (key) => (await store.head(key)) !== null));
}

describe('the media worker', () => {
  test('publishes once, however often and concurrently its event is delivered', async () => {
    const id = await waiting();
    const before = await posts.postCount(author, author);
    const run = () => service().publish(author, snowflakeOf(id), never);
    await Promise.all([run(), run(), run()]);
    const post = await posts.findPost(author, id);
    await run();
    expect(await posts.findPost(author, id)).toEqual(post);
    expect(await typesOf(id)).toEqual(['created', 'published']);
    expect(await posts.postCount(author, author)).toBe(before + 1);
  });

  test('leaves a post that it cannot finish for the next attempt', async () => {
    const id = await waiting();
    const away = () => Promise.reject(new Error('the store is away'));
    await expect(service({ takeOriginal: away }).publish(author, snowflakeOf(id), never)).rejects.toThrow('away');
    await expect(service({ writeRenditions: away }).publish(author, snowflakeOf(id), never)).rejects.toThrow('away');
    await expect(service().publish(author, snowflakeOf(id), AbortSignal.abort())).rejects.toThrow('abort');
    expect((await posts.findPost(author, id))?.state).toBe('PROCESSING');
    expect(await typesOf(id)).toEqual(['created']);
    await service().publish(author, snowflakeOf(id), never);
    expect((await posts.findPost(author, id))?.state).toBe('PUBLISHED');
  });

  test('writes the same files under the same keys after it was killed', async () => {
    const id = await waiting();
    const written: string[][] = [];
    const killed = service({
      async writeRenditions(mediaId, rendered) {
        const stored = await storage.writeRenditions(mediaId, rendered);
        written.push(stored.map(({ key }) => key));
        throw new Error('killed');
      },
    });
    await expect(killed.publish(author, snowflakeOf(id), never)).rejects.toThrow('killed');
    await service().publish(author, snowflakeOf(id), never);
    const { media } = (await posts.findPost(author, id))!;
    const urls = [media[0]!.highRes!.url, media[0]!.standard!.url, media[0]!.thumbnail!.url];
    for (const [index, url] of urls.entries()) expect(url.endsWith(written[0]![index]!)).toBe(true);
  });

  test('leaves no files of a post that was deleted meanwhile', async () => {
    const id = await waiting();
    const deleting = service({
      async writeRenditions(mediaId, rendered) {
        const stored = await storage.writeRenditions(mediaId, rendered);
        await posts.deletePost(author, id);
        return stored;
      },
    });
    await deleting.publish(author, snowflakeOf(id), never);
    expect(await renditionsOf(id)).toEqual([false, false, false]);
    expect(await typesOf(id)).toEqual(['created', 'deleted']);
  });

  test('removes files that it wrote before it was killed, if the post was deleted since', async () => {
    const id = await waiting();
    const killed = service({
      async writeRenditions(mediaId, rendered) {
        await storage.writeRenditions(mediaId, rendered);
        throw new Error('killed');
      },
    });
    await expect(killed.publish(author, snowflakeOf(id), never)).rejects.toThrow('killed');
    // A photo this small has one file for STANDARD and HIGH_RES.
    expect(await renditionsOf(id)).toEqual([true, true, false]);
    await posts.deletePost(author, id);
    await service().publish(author, snowflakeOf(id), never);
    expect(await renditionsOf(id)).toEqual([false, false, false]);
    expect(await typesOf(id)).toEqual(['created', 'deleted']);
  });

  test('keeps no renditions of a carousel that fails at a later photo', async () => {
    const text = { bytes: new TextEncoder().encode('<svg/>'), contentType: 'image/jpeg' };
    const id = await waiting([photo, text, photo]);
    const before = await posts.postCount(author, author);
    await service().publish(author, snowflakeOf(id), never);
    expect(await posts.findPost(author, id)).toMatchObject({
      state: 'FAILED',
      failureReason: 'Photo 2: The file is not of the type image/jpeg. Upload it with the right type.',
    });
    expect(await renditionsOf(id)).toEqual(Array.from({ length: 9 }, () => false));
    await service().publish(author, snowflakeOf(id), never);
    expect(await typesOf(id)).toEqual(['created', 'failed']);
    expect(await posts.postCount(author, author)).toBe(before);
  });

  test('fails a post whose original is gone', async () => {
    const id = await waiting();
    const { rows } = await posts.environment.database.pool.query<{ id: string }>(
      'SELECT upload_id::text AS id FROM post.media WHERE post_id = $1',
      [snowflakeOf(id)],
    );
    await posts.environment.store.remove(incomingKey({ ownerId: author, id: BigInt(rows[0]!.id) }));
    await service().publish(author, snowflakeOf(id), never);
    expect(await posts.findPost(author, id)).toMatchObject({
      state: 'FAILED',
      failureReason: 'The uploaded file is missing. Upload the photo again.',
    });
  });
});

test('redelivered events change nothing', async () => {
  const running = await startPosts({ workers: true });
  try {
    const person = running.people[0]!;
    const kept = await running.publish(person, [photo], 'kept');
    const gone = await running.publish(person, [photo], 'deleted');
    await running.deletePost(person, gone.id);
    const { pool } = running.environment.database;
    const unpublished = () => pool.query('SELECT 1 FROM post.outbox WHERE published_at IS NULL');
    await eventually(async () => expect((await unpublished()).rowCount).toBe(0));
    const before = [await running.eventsOf(kept.id), await running.eventsOf(gone.id)];
    // Without a message id, the stream accepts them again, as after its duplicate window.
    const { bus } = running.environment;
    for (const { type, data, subject, id } of (
      await pool.query('SELECT type, data, subject, id::text FROM post.outbox ORDER BY position')
    ).rows) {
      const time = new Date().toISOString();
      const envelope = { specversion: '1.0', id, source: '/tintype/post', type, subject, time, sequence: '1', data };
      await bus.js.publish(bus.subject(type), JSON.stringify(envelope));
    }
    const consumer = () => bus.jsm.consumers.info(bus.streamName('post'), 'post__media');
    await eventually(async () => {
      const { num_pending, num_ack_pending } = await consumer();
      expect([num_pending, num_ack_pending]).toEqual([0, 0]);
    });
    expect([await running.eventsOf(kept.id), await running.eventsOf(gone.id)]).toEqual(before);
    expect(await running.findPost(null, kept.id)).toEqual(kept);
    expect(await running.postCount(null, person)).toBe(1);
    expect((await fetch(kept.media[0]!.standard!.url)).status).toBe(200);
  } finally {
    await running.graph.close();
    await running.environment.close();
  }
});

test('a post whose event is a dead letter is published after an operator resends it', async () => {
  const id = await waiting();
  const { bus, database, log } = posts.environment;
  let away = true;
  // Ends the attempts at once, like the last attempt.
  const takeOriginal: MediaStorage['takeOriginal'] = (upload) =>
    away ? Promise.reject(new UnprocessableEventError('the store is away')) : storage.takeOriginal(upload);
  const workers = await startWorkers([
    createRelay({ owner: 'post', database, bus, log }),
    createPostCreatedConsumer({ bus, posts: service({ takeOriginal }), removeIfErased: async () => false, log }),
  ]);
  const isGivenUp = async () =>
    (await listDeadLetters(bus, { durable: 'post__media' })).some(
      (letter) => letter.event?.subject === String(snowflakeOf(id)),
    );
  try {
    await eventually(async () => expect(await isGivenUp()).toBe(true));
    expect((await posts.findPost(author, id))?.state).toBe('PROCESSING');
    away = false;
    await retryDeadLetters(bus, { durable: 'post__media' });
    expect(await posts.waitForProcessing(author, id)).toMatchObject({ state: 'PUBLISHED' });
    await eventually(async () => expect(await isGivenUp()).toBe(false));
  } finally {
    await workers.close();
  }
});
