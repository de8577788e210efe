import { globalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpeg, type Photo, type Posts, snowflakeOf, startPosts } from '../../subgraphs/post/tests/post.fixture.ts';
import { wireSocialGraph } from '../../subgraphs/social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../subgraphs/user/src/index.ts';

let posts: Posts;
let person: bigint;
beforeAll(async () => {
  const wires = { user: wireUser, 'social-graph': wireSocialGraph };
  posts = await startPosts({ workers: true, people: 0, wires });
  const account = { username: 'ann', email: 'ann@example.org', displayName: '', passwordHash: '-' };
  [person] = (await importAccounts(posts.environment, [account])) as [bigint];
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

type Avatar = { url: string; placeholder: string | null } | null;
const EDIT = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { errors { code path } } }`;

async function request(photo: Photo): Promise<string> {
  const [avatarUploadId] = await posts.upload(person, [photo], 'AVATAR');
  const { updateProfile } = await posts.graph.ask<{ updateProfile: { errors: object[] } }>('user', person, EDIT, {
    input: { avatarUploadId },
  });
  expect(updateProfile.errors).toEqual([]);
  return avatarUploadId!;
}

const avatar = async (): Promise<Avatar> =>
  (await posts.graph.ask<{ me: { avatar: Avatar } }>('user', person, '{ me { avatar { url placeholder } } }')).me
    .avatar;

test('a profile picture is cropped to a square, and its upload is used up', async () => {
  const uploadId = await request(await jpeg('#804020', 600, 300));
  const shown = await eventually(async () => {
    const now = await avatar();
    expect(now).not.toBeNull();
    return now!;
  });
  const bytes = Buffer.from(await (await fetch(shown.url)).arrayBuffer());
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 150, height: 150 });
  expect(shown.placeholder).not.toBeNull();
  const { updateProfile } = await posts.graph.ask<{ updateProfile: { errors: object[] } }>('user', person, EDIT, {
    input: { avatarUploadId: uploadId },
  });
  expect(updateProfile.errors).toMatchObject([{ code: 'UPLOAD_NOT_FOUND' }]);
});

test('a file that is not a photo keeps the previous picture, with a reason', async () => {
  const before = await avatar();
  const uploadId = await request({ bytes: new TextEncoder().encode('no photo'), contentType: 'image/webp' });
  await eventually(async () => {
    const event = (await posts.eventsOf(globalId('User', person))).find(
      (event) => event.data.uploadId === String(snowflakeOf(uploadId)),
    );
    expect(event).toMatchObject({
      type: 'tintype.post.avatar.processed.v1',
      data: { objectKey: null, reason: 'The file is not of the type image/webp. Upload it with the right type.' },
    });
  });
  expect(await avatar()).toEqual(before);
});

test('a new picture removes the files of the previous one', async () => {
  const before = (await avatar())!;
  await request(await jpeg('#208040', 300, 300));
  const after = await eventually(async () => {
    const now = await avatar();
    expect(now!.url).not.toBe(before.url);
    return now!;
  });
  await eventually(async () => expect((await fetch(before.url)).ok).toBe(false));
  expect((await fetch(after.url)).ok).toBe(true);
});
