import {
  CreateAccountDocument,
  CreatePostDocument,
  CreateUploadDocument,
  FollowUserDocument,
  HomeFeedDocument,
  LogInDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

let platform: TestPlatform;
let one: Person;
let other: Person;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  [one, other] = await Promise.all([register(platform.client, 'one'), register(platform.client, 'other')]);
});
afterAll(() => platform?.close());

const jpeg = async () => ({ bytes: await photo(), contentType: 'image/jpeg' });

async function post(person: Person, media: { uploadId: string; altText?: string }[], caption = '') {
  const { createPost } = await person.client.request(CreatePostDocument, { input: { caption, media } });
  return createPost!;
}

/** Sends a request that no generated client would send. */
async function raw(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(platform.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

describe('uploads', () => {
  test('that do not exist or belong to others cannot be posted, and stay unchanged', async () => {
    const [mine] = await one.client.upload([await jpeg()]);
    for (const uploadId of ['1', 'abc', 'Upload_1', 'Upload_999999999999999999999', one.id, '']) {
      expect((await post(one, [{ uploadId }])).errors).toMatchObject([
        { code: 'UPLOAD_NOT_FOUND', path: ['input', 'media', '0', 'uploadId'] },
      ]);
    }
    expect((await post(other, [{ uploadId: mine! }])).errors).toMatchObject([{ code: 'UPLOAD_NOT_FOUND' }]);
    expect((await post(one, [{ uploadId: mine! }], 'x'.repeat(2201))).errors).toMatchObject([
      { code: 'TEXT_TOO_LONG', path: ['input', 'caption'] },
    ]);
    expect((await post(one, [{ uploadId: mine! }], 'x'.repeat(2200))).errors).toEqual([]);
    expect((await post(one, [{ uploadId: mine! }])).errors).toMatchObject([{ code: 'UPLOAD_USED' }]);
  });

  test('are refused by type, size and number before a form is made', async () => {
    const ask = async (files: { contentType: string; byteSize: number }[]) =>
      (await one.client.request(CreateUploadDocument, { input: { files } })).createUpload!;
    expect((await ask([{ contentType: 'image/svg+xml', byteSize: 10 }])).errors).toMatchObject([
      { code: 'CONTENT_TYPE_UNSUPPORTED' },
    ]);
    expect((await ask([{ contentType: 'image/png', byteSize: 52_428_801 }])).errors).toMatchObject([
      { code: 'FILE_SIZE_INVALID' },
    ]);
    expect((await ask([])).errors).toMatchObject([{ code: 'FILE_COUNT_INVALID' }]);
    const many = Array.from({ length: 21 }, () => ({ contentType: 'image/png', byteSize: 1 }));
    expect((await ask(many)).errors).toMatchObject([{ code: 'FILE_COUNT_INVALID' }]);
  });

  test('that are not what they say become a post that FAILED, with a reason its author reads', async () => {
    const [uploadId] = await one.client.upload([
      { bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), contentType: 'image/jpeg' },
    ]);
    const id = (await post(one, [{ uploadId: uploadId! }])).post!.id;
    const query = `{ post(id: "${id}") { state failureReason } }`;
    await eventually(async () => {
      const seen = await one.client.request<{ post: object }, object>({ toString: () => query }, {});
      expect(seen.post).toEqual({
        state: 'FAILED',
        failureReason: expect.stringContaining('not of the type image/jpeg'),
      });
    });
    expect(await other.client.request({ toString: () => query }, {})).toEqual({ post: null });
  });

  test('can be twenty at once, in their order', async () => {
    const files = await Promise.all(Array.from({ length: 20 }, jpeg));
    const uploadIds = await one.client.upload(files);
    expect(new Set(uploadIds).size).toBe(20);
    const media = uploadIds.map((uploadId, index) => ({ uploadId, altText: `${index}` }));
    expect((await post(one, media)).errors).toEqual([]);
  });
});

describe('people', () => {
  test('cannot follow themselves or an unknown account', async () => {
    const follow = async (userId: string) =>
      (await one.client.request(FollowUserDocument, { userId })).followUser!.errors;
    expect(await follow(one.id)).toMatchObject([{ code: 'SELF_NOT_ALLOWED', path: ['input', 'userId'] }]);
    for (const id of ['1', 'x', 'User_1', 'User_-5', 'User_1e9', 'User_99999999999999999999', 'Post_1']) {
      expect(await follow(id)).toMatchObject([{ code: 'USER_NOT_FOUND' }]);
    }
  });

  test('get all errors of a registration, and the same answer to any wrong login', async () => {
    const input = { username: 'no way', email: 'nowhere', password: 'short' };
    const { createAccount: payload } = await platform.client.request(CreateAccountDocument, { input });
    expect(payload!.errors.map((error) => error.code)).toEqual(['USERNAME_INVALID', 'EMAIL_INVALID', 'PASSWORD_WEAK']);
    const wrong = { input: { identifier: one.username, password: 'not the password' } };
    const nobody = { input: { identifier: 'nobody', password: 'not the password' } };
    expect(await platform.client.request(LogInDocument, wrong)).toEqual(
      await platform.client.request(LogInDocument, nobody),
    );
    const edit = await one.client.request(UpdateProfileDocument, {
      input: { avatarUploadId: '1', bio: 'x'.repeat(151) },
    });
    expect(edit.updateProfile!.errors).toMatchObject([{ code: 'TEXT_TOO_LONG' }]);
  });
});

describe('lists', () => {
  test('refuse sizes and cursors that are not theirs', async () => {
    await publish(one, 'for a cursor');
    const feed = (variables: { first?: number; after?: string }) => one.client.request(HomeFeedDocument, variables);
    const cursors = 'query ($first: Int) { homeFeed(first: $first) { edges { cursor } } }';
    for (const first of [0, -1, 101, 10_000]) {
      await expect(one.client.request<unknown, { first: number }>(cursors, { first })).rejects.toMatchObject({
        errors: [{ extensions: { code: 'BAD_PAGE_SIZE' } }],
      });
    }
    await eventually(async () => expect((await feed({})).homeFeed!.edges.length).toBeGreaterThan(0));
    const cursor = (await feed({ first: 1 })).homeFeed!.edges[0]!.cursor;
    const tampered = `${cursor.slice(0, -2)}${cursor.endsWith('aa') ? 'bb' : 'aa'}`;
    for (const after of [tampered, 'x', '']) {
      await expect(feed({ after })).rejects.toMatchObject({ errors: [{ extensions: { code: 'BAD_CURSOR' } }] });
    }
    await expect(platform.client.request(HomeFeedDocument, {})).rejects.toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });
});

describe('requests', () => {
  test('that are not JSON or have no valid token get the reason', async () => {
    expect(await raw('{"query":')).toMatchObject({ status: 400, text: expect.stringContaining('"errors"') });
    expect(await raw('{}')).toMatchObject({ status: 400 });
    const query = JSON.stringify({ query: '{ me { id } }' });
    for (const token of ['x', 'a.b.c', '']) {
      const { status, text } = await raw(query, { authorization: `Bearer ${token}` });
      expect(status).toBe(401);
      expect(text).toContain('UNAUTHENTICATED');
    }
  });

  test('cannot call internal fields', async () => {
    for (const field of [
      'jwks',
      'relations(userIds: [])',
      'accounts(ids: [])',
      '_service { sdl }',
      '_entities(representations: [])',
    ]) {
      const { status, text } = await raw(JSON.stringify({ query: `{ ${field} }` }));
      expect(status).toBe(200);
      expect(text).toContain('Cannot query field');
    }
  });
});
