import { randomBytes } from 'node:crypto';
import type { TintypeClient } from '@tintype/schema/client';
import {
  CreateAccountDocument,
  CreatePostDocument,
  FollowUserDocument,
  type PostAudience,
  PostDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import sharp from 'sharp';
import { expect } from 'vitest';

export type Person = { id: string; username: string; token: string; client: TintypeClient };

/** The password of every account that `register` creates. */
export const PASSWORD = 'a long enough phrase';

/** Creates an account that is logged in. */
export async function register(visitor: TintypeClient, label = 'p'): Promise<Person> {
  const username = `${label}_${randomBytes(5).toString('hex')}`;
  const input = { username, email: `${username}@example.org`, password: PASSWORD };
  const { createAccount: payload } = await visitor.request(CreateAccountDocument, { input });
  expect(payload!.errors).toEqual([]);
  const token = payload!.accessToken!;
  return { id: payload!.user!.id, username, token, client: visitor.as(token) };
}

/** A small JPEG of one colour. */
export async function photo(colour = '#336699', width = 320, height = 240): Promise<Buffer<ArrayBuffer>> {
  const image = sharp({ create: { width, height, channels: 3, background: colour } });
  return Buffer.from(await image.jpeg().toBuffer());
}

export async function follow(follower: Person, followee: Person): Promise<string> {
  const payload = (await follower.client.request(FollowUserDocument, { userId: followee.id })).followUser;
  expect(payload!.errors).toEqual([]);
  return payload!.state!;
}

/** Uploads a photo, creates a post and waits until it is published. @returns its ID */
export async function publish(
  author: Person,
  caption: string,
  photos = 1,
  audience: PostAudience = 'EVERYONE',
): Promise<string> {
  const bytes = await photo();
  const uploadIds = await author.client.upload(
    Array.from({ length: photos }, () => ({ bytes, contentType: 'image/jpeg' })),
  );
  const media = uploadIds.map((uploadId, index) => ({ uploadId, altText: `photo ${index}` }));
  const { createPost } = await author.client.request(CreatePostDocument, {
    input: { caption, media, audience },
  });
  expect(createPost!.errors).toEqual([]);
  const id = createPost!.post!.id;
  await eventually(async () => {
    const { post } = await author.client.request(PostDocument, { id });
    expect(post?.state).toBe('PUBLISHED');
  });
  return id;
}
