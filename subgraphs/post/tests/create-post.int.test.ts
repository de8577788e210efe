import { globalId } from '@tintype/ids';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incomingKey } from '#upload/upload.rules.ts';
import { removeExpired } from '#upload/upload-expiry.job.ts';
import { jpeg, type Photo, type Posts, sendForm, snowflakeOf, startPosts } from './post.fixture.ts';

let posts: Posts;
let author: bigint;
let other: bigint;
let photo: Photo;
beforeAll(async () => {
  posts = await startPosts();
  [author, other] = posts.people as [bigint, bigint];
  photo = await jpeg();
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

const count = async (table: string): Promise<number> => {
  const { rows } = await posts.environment.database.pool.query(`SELECT count(*)::int AS n FROM post.${table}`);
  return rows[0].n;
};
const uploadOne = async (viewer = author, purpose = 'POST') => (await posts.upload(viewer, [photo], purpose))[0]!;
const forms = (byteSize: number, contentType = 'image/jpeg') => posts.askForms(author, [{ contentType, byteSize }]);

describe('createUpload', () => {
  test('returns a form for each file, up to twenty', async () => {
    const files = Array.from({ length: 20 }, () => ({ contentType: 'image/webp', byteSize: 1 }));
    const { uploads, errors } = await posts.askForms(author, files);
    expect(errors).toEqual([]);
    expect(new Set(uploads.map((upload) => upload.id)).size).toBe(20);
  });

  test('reports the errors of each file', async () => {
    const files = [
      { contentType: 'image/jpeg', byteSize: 52_428_800 },
      { contentType: 'image/svg+xml', byteSize: 0 },
      { contentType: 'image/png', byteSize: 52_428_801 },
    ];
    expect(await posts.askForms(author, files)).toEqual({
      uploads: [],
      errors: [
        { code: 'CONTENT_TYPE_UNSUPPORTED', path: ['input', 'files', '1', 'contentType'] },
        { code: 'FILE_SIZE_INVALID', path: ['input', 'files', '1', 'byteSize'] },
        { code: 'FILE_SIZE_INVALID', path: ['input', 'files', '2', 'byteSize'] },
      ],
    });
    for (const length of [0, 21]) {
      const many = Array.from({ length }, () => ({ contentType: 'image/webp', byteSize: 1 }));
      expect((await posts.askForms(author, many)).errors).toEqual([
        { code: 'FILE_COUNT_INVALID', path: ['input', 'files'] },
      ]);
    }
  });

  test('requires a viewer', async () => {
    const mutation = 'mutation { createUpload(input: { files: [] }) { errors { code } } }';
    await expect(posts.graph.ask('post', null, mutation)).rejects.toThrow('Log in');
  });
});

describe('createPost', () => {
  test('writes the post, its photos and its event together', async () => {
    const uploadIds = await posts.upload(author, [photo, photo]);
    const media = uploadIds.map((uploadId, index) => ({ uploadId, altText: `number ${index}` }));
    const { post } = await posts.createPost(author, media, 'line one\r\nline e\u0301');
    expect(post).toMatchObject({ state: 'PROCESSING' });
    const seen = await posts.findPost(author, post!.id);
    expect(seen).toMatchObject({ caption: 'line one\nline é', publishedAt: null, failureReason: null });
    expect(seen!.media.map(({ altText, thumbnail }) => [altText, thumbnail])).toEqual([
      ['number 0', null],
      ['number 1', null],
    ]);
    expect(await posts.findPost(other, post!.id)).toBeNull();
    expect(await posts.findPost(null, post!.id)).toBeNull();
    expect(await posts.eventsOf(post!.id)).toHaveLength(1);
  });

  test('names each upload that cannot be used, and keeps the others', async () => {
    const [mine, avatar] = [await uploadOne(), await uploadOne(author, 'AVATAR')];
    const theirs = await uploadOne(other);
    const [empty] = (await forms(photo.bytes.byteLength)).uploads;
    const before = [await count('post'), await count('media'), await count('outbox')];
    const ids = [mine, globalId('Upload', 1n), 'no id', theirs, avatar, empty!.id, mine];
    const created = await posts.createPost(
      author,
      ids.map((uploadId) => ({ uploadId })),
    );
    expect(created).toEqual({
      post: null,
      errors: [{ code: 'UPLOAD_USED', path: ['input', 'media', '6', 'uploadId'] }],
    });
    const again = await posts.createPost(
      author,
      ids.slice(0, 6).map((uploadId) => ({ uploadId })),
    );
    expect(again).toEqual({
      post: null,
      errors: ['1', '2', '3', '4', '5'].map((index) => ({
        code: 'UPLOAD_NOT_FOUND',
        path: ['input', 'media', index, 'uploadId'],
      })),
    });
    expect([await count('post'), await count('media'), await count('outbox')]).toEqual(before);
    expect((await posts.createPost(author, [{ uploadId: mine }])).errors).toEqual([]);
    expect((await posts.createPost(other, [{ uploadId: theirs }])).errors).toEqual([]);
    expect((await posts.createPost(author, [{ uploadId: mine }])).errors).toEqual([
      { code: 'UPLOAD_USED', path: ['input', 'media', '0', 'uploadId'] },
    ]);
  });

  test('accepts an upload only after its file was sent', async () => {
    const [form] = (await forms(photo.bytes.byteLength)).uploads;
    const media = [{ uploadId: form!.id }];
    expect((await posts.createPost(author, media)).errors).toMatchObject([{ code: 'UPLOAD_NOT_FOUND' }]);
    expect(await sendForm(form!, photo)).toBe(204);
    expect((await posts.createPost(author, media)).errors).toEqual([]);
  });

  test('creates one post from an upload that is used many times at once', async () => {
    const [shared, first, second] = await posts.upload(author, [photo, photo, photo]);
    const before = await count('post');
    const attempts = await Promise.all(
      [[shared!], [shared!, first!], [second!, shared!], [shared!], [first!, shared!]].map((ids) =>
        posts.createPost(
          author,
          ids.map((uploadId) => ({ uploadId })),
        ),
      ),
    );
    expect(attempts.filter((attempt) => attempt.post !== null)).toHaveLength(1);
    for (const { post, errors } of attempts) {
      if (!post) expect(errors.map((error) => error.code)).toContain('UPLOAD_USED');
    }
    expect(await count('post')).toBe(before + 1);
    const { rows } = await posts.environment.database.pool.query(
      'SELECT upload_id, count(*)::int AS n FROM post.media GROUP BY upload_id HAVING count(*) > 1',
    );
    expect(rows).toEqual([]);
  });

  test.each([
    ['too long', 'x'.repeat(2201), 'TEXT_TOO_LONG'],
    ['with a null character', 'a\u0000b', 'TEXT_INVALID'],
    ['with an escape character', 'a\u001bb', 'TEXT_INVALID'],
  ])('refuses a caption %s', async (_, caption, code) => {
    const uploadId = await uploadOne();
    const { post, errors } = await posts.createPost(author, [{ uploadId }], caption);
    expect(post).toBeNull();
    expect(errors).toEqual([{ code, path: ['input', 'caption'] }]);
    expect((await posts.createPost(author, [{ uploadId }], 'x'.repeat(2200))).errors).toEqual([]);
  });

  test('counts what people see as one character, and accepts tabs and line breaks', async () => {
    const caption = `${'\u{1f600}'.repeat(2198)}\n\t`;
    const { errors } = await posts.createPost(
      author,
      [{ uploadId: await uploadOne(), altText: '\u{1f600}'.repeat(1000) }],
      caption,
    );
    expect(errors).toEqual([]);
    const long = await posts.createPost(author, [{ uploadId: await uploadOne(), altText: 'x'.repeat(1001) }]);
    expect(long.errors).toEqual([{ code: 'TEXT_TOO_LONG', path: ['input', 'media', '0', 'altText'] }]);
  });

  test('accepts one to twenty photos', async () => {
    const tiny = {
      bytes: new Uint8Array(await sharp(photo.bytes).resize(8, 8).jpeg().toBuffer()),
      contentType: 'image/jpeg',
    };
    const ids = await posts.upload(
      author,
      Array.from({ length: 20 }, () => tiny),
    );
    for (const media of [[], [...ids, globalId('Upload', 1n)].map((uploadId) => ({ uploadId }))]) {
      expect((await posts.createPost(author, media)).errors).toEqual([
        { code: 'FILE_COUNT_INVALID', path: ['input', 'media'] },
      ]);
    }
    const { post } = await posts.createPost(
      author,
      ids.map((uploadId) => ({ uploadId })),
    );
    expect((await posts.findPost(author, post!.id))?.media).toHaveLength(20);
  });
});

describe('an upload', () => {
  const ready = async (viewer: bigint, id: string, purpose: string) =>
    (
      await posts.graph.askAs<{ uploadReady: boolean }>(
        'user',
        'post',
        viewer,
        `{ uploadReady(id: "${snowflakeOf(id)}", purpose: ${purpose}) }`,
      )
    ).uploadReady;

  test('is ready only for its owner and purpose, until it is used', async () => {
    const id = await uploadOne();
    expect(await ready(author, id, 'POST')).toBe(true);
    expect(await ready(author, id, 'AVATAR')).toBe(false);
    expect(await ready(other, id, 'POST')).toBe(false);
    await posts.createPost(author, [{ uploadId: id }]);
    expect(await ready(author, id, 'POST')).toBe(false);
  });

  test('is removed if it is not used in time, and kept if it is', async () => {
    const { pool } = posts.environment.database;
    const { store } = posts.environment;
    const uploaded = await posts.upload(author, [photo, photo, photo]);
    const [unused, used] = uploaded;
    await posts.createPost(author, [{ uploadId: used! }]);
    const old = "UPDATE post.upload SET expires_at = now() - interval '61 minutes' WHERE id = ANY($1)";
    await pool.query(old, [uploaded.slice(0, 2).map(snowflakeOf)]);
    expect((await posts.createPost(author, [{ uploadId: unused! }])).errors).toMatchObject([
      { code: 'UPLOAD_NOT_FOUND' },
    ]);
    const failing = { remove: () => Promise.reject(new Error('the store is away')) };
    await expect(removeExpired({ pool, store: failing })).rejects.toThrow('away');
    expect(await removeExpired({ pool, store })).toBe(1);
    expect(await removeExpired({ pool, store })).toBe(0);
    const isThere = async (id: string) =>
      (await store.head(incomingKey({ ownerId: author, id: snowflakeOf(id) }))) !== null;
    expect(await Promise.all(uploaded.map(isThere))).toEqual([false, true, true]);
  });
});
