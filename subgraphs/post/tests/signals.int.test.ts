import { globalId } from '@tintype/ids';
import { parseSignals, type Signal, signalChannel } from '@tintype/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpeg, type Posts, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let author: bigint;
/** The states of each signal's post when the signal arrived. */
const received: (Signal & { state: Promise<string | undefined> })[] = [];
let stopListening: () => void;

beforeAll(async () => {
  posts = await startPosts({ workers: true });
  [author] = posts.people as [bigint];
  const { redis } = posts.environment;
  const listener = redis.client.duplicate();
  await listener.connect();
  stopListening = () => listener.destroy();
  await listener.subscribe(signalChannel(redis, 'post'), (message) => {
    for (const signal of parseSignals(message))
      received.push({
        ...signal,
        state: posts.findPost(author, globalId('Post', BigInt(signal.subject))).then((post) => post?.state),
      });
  });
});
afterAll(async () => {
  stopListening();
  await posts.graph.close();
  await posts.environment.close();
});

async function create(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const [uploadId] = await posts.upload(author, [{ bytes, contentType: 'image/jpeg' }]);
  const { post } = await posts.createPost(author, [{ uploadId: uploadId! }]);
  return post!.id;
}

/** Versions of a post's signals so far, each with the state that the post had when the signal arrived. */
function signalsOf(id: string) {
  const signals = received.filter(({ subject }) => subject === String(snowflakeOf(id)));
  return Promise.all(signals.map(async ({ version, state }) => [version, await state]));
}

test('a post is announced after it is published, and after it is deleted', async () => {
  const id = await create((await jpeg()).bytes);
  await expect.poll(() => signalsOf(id)).toEqual([['PUBLISHED', 'PUBLISHED']]);
  const remove = `mutation { deletePost(input: { postId: "${id}" }) { errors { code } } }`;
  await posts.graph.ask('post', author, remove);
  await expect
    .poll(() => signalsOf(id))
    .toEqual([
      ['PUBLISHED', 'PUBLISHED'],
      ['DELETED', undefined],
    ]);
  await posts.graph.ask('post', author, remove);
  expect(await signalsOf(id)).toHaveLength(2);
});

test('a post is announced after it has failed', async () => {
  const id = await create(new TextEncoder().encode('no photo'));
  await expect.poll(() => signalsOf(id)).toEqual([['FAILED', 'FAILED']]);
});
