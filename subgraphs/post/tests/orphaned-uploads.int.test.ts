import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeOrphanedObjects } from '#upload/remove-orphaned-objects.ts';
import { INCOMING_PREFIX } from '#upload/upload.rules.ts';
import { jpeg, type Photo, type Posts, sendForm, snowflakeOf, startPosts } from './post.fixture.ts';

const HOUR_MS = 3600 * 1000;

let posts: Posts;
let photo: Photo;
let other: Photo;
const author = () => posts.people[0]!;

beforeAll(async () => {
  posts = await startPosts({ workers: true });
  photo = await jpeg('#c04020', 400, 300);
  other = await ofSameSize(photo);
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

/** Other bytes of the same size, because the form of `like` requires the exact size. */
async function ofSameSize(like: Photo): Promise<Photo> {
  const bytes = new Uint8Array(like.bytes.byteLength);
  bytes.set((await jpeg('#2040c0', 40, 30)).bytes.subarray(0, bytes.byteLength));
  return { bytes, contentType: like.contentType };
}

async function upload(viewer: bigint) {
  const file = { contentType: photo.contentType, byteSize: photo.bytes.byteLength };
  const [form] = (await posts.askForms(viewer, [file])).uploads;
  expect(await sendForm(form!, photo)).toBe(204);
  return form!;
}

const incoming = async (): Promise<string[]> => {
  const { store } = posts.environment;
  const folders = await store.listFolders(INCOMING_PREFIX);
  return (await Promise.all(folders.map((folder) => store.list(folder)))).flat();
};

const sweep = (now = Date.now() + 2 * HOUR_MS) =>
  removeOrphanedObjects({ pool: posts.environment.database.pool, store: posts.environment.store }, now);

describe('a form that is sent again', () => {
  test('after its post was published changes nothing and leaves no file', async () => {
    const form = await upload(author());
    const { post } = await posts.createPost(author(), [{ uploadId: form.id }]);
    const published = await posts.waitForProcessing(author(), post!.id);
    expect(published.state).toBe('PUBLISHED');
    const { store } = posts.environment;
    await eventually(async () => expect(await incoming()).toEqual([]));

    expect(await sendForm(form, other)).toBe(204);
    const original = await store.read(`originals/${author()}/${snowflakeOf(form.id)}`, photo.bytes.byteLength);
    expect(original.equals(Buffer.from(photo.bytes))).toBe(true);
    expect(await posts.findPost(null, post!.id)).toEqual(published);
    expect(await incoming()).toHaveLength(1);
    expect(await sweep(Date.now())).toBe(0);
    expect(await sweep()).toBe(1);
    expect(await incoming()).toEqual([]);
  });

  test('after its post or account was deleted leaves no file', async () => {
    const gone = posts.people[1]!;
    const forms = [await upload(gone), await upload(gone), await upload(gone)];
    const ids = [];
    for (const { id } of forms.slice(0, 2)) ids.push((await posts.createPost(gone, [{ uploadId: id }])).post!.id);
    for (const id of ids) await posts.waitForProcessing(gone, id);
    await posts.deletePost(gone, ids[0]!);
    await posts.world.deleteAccount(gone);
    const { store } = posts.environment;
    const originals = () => store.list(`originals/${gone}/`);
    await eventually(async () => expect([...(await originals()), ...(await incoming())]).toEqual([]));

    for (const form of forms) expect(await sendForm(form, photo)).toBe(204);
    // The row of the unused upload waits for the expiry job for an hour.
    await posts.environment.database.pool.query(
      'DELETE FROM post.upload WHERE owner_id = $1 AND consumed_at IS NULL AND expires_at <= now()',
      [gone],
    );
    expect(await sweep()).toBe(3);
    expect(await incoming()).toEqual([]);
  });

  test('is not removed while it waits to be used, or its post to be processed', async () => {
    const [waiting, used] = [await upload(author()), await upload(author())];
    const { pool } = posts.environment.database;
    await pool.query('UPDATE post.upload SET consumed_at = now() WHERE id = $1', [snowflakeOf(used.id)]);
    expect(await sweep()).toBe(0);
    const left = [waiting, used].map(({ id }) => String(snowflakeOf(id)));
    expect((await incoming()).map((key) => key.split('/').at(-1)).toSorted()).toEqual(left.toSorted());
  });
});
