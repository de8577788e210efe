import {
  AcceptFollowRequestDocument,
  BlockUserDocument,
  DeletePostDocument,
  HomeFeedDocument,
  MuteUserDocument,
  PostDocument,
  ProfileDocument,
  UnfollowUserDocument,
  UnmuteUserDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, photo, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

async function feedOf({ client }: Person): Promise<string[]> {
  const { homeFeed } = await client.request(HomeFeedDocument, {});
  return homeFeed!.edges.map((edge) => edge.node?.id ?? 'hidden');
}

describe.each(SHAPES)('a photo on its way to the feeds, %s', (shape) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform(shape);
  });
  afterAll(() => platform?.close());

  const join = (label: string) => register(platform.client, label);

  test('reaches those who follow its author, with its renditions, and leaves when it is deleted', async () => {
    const [author, follower, stranger] = await Promise.all([join('author'), join('follower'), join('stranger')]);
    expect(await follow(follower, author)).toBe('FOLLOWING');
    const id = await publish(author, 'hello', 2);
    await eventually(async () => expect(await feedOf(follower)).toEqual([id]));
    expect(await feedOf(author)).toEqual([id]);
    expect(await feedOf(stranger)).toEqual([]);

    const { homeFeed } = await follower.client.request(HomeFeedDocument, {});
    const node = homeFeed!.edges[0]!.node!;
    expect(node).toMatchObject({ caption: 'hello', author: { id: author.id, followerCount: 1 } });
    expect(node.media.map((media) => media.altText)).toEqual(['photo 0', 'photo 1']);
    const thumbnail = await fetch(node.media[0]!.thumbnail!.url);
    expect(thumbnail.status).toBe(200);
    expect(thumbnail.headers.get('cache-control')).toContain('immutable');

    const { deletePost } = await author.client.request(DeletePostDocument, { input: { postId: id } });
    expect(deletePost).toEqual({ deletedPostId: id, errors: [] });
    await eventually(async () => expect(await feedOf(follower)).toEqual([]));
    expect((await follower.client.request(PostDocument, { id })).post).toBeNull();
  });

  test('appears at once for new followers, and disappears for people who unfollow', async () => {
    const [author, follower] = await Promise.all([join('author'), join('later')]);
    const first = await publish(author, 'first');
    const second = await publish(author, 'second');
    expect(await feedOf(follower)).toEqual([]);
    await follow(follower, author);
    await eventually(async () => expect(await feedOf(follower)).toEqual([second, first]));
    await follower.client.request(UnfollowUserDocument, { userId: author.id });
    await eventually(async () => expect(await feedOf(follower)).toEqual([]));
  });

  test('stays out of the feeds of people who mute its author, until they unmute', async () => {
    const [author, follower] = await Promise.all([join('author'), join('muter')]);
    const id = await publish(author, 'quiet');
    await follow(follower, author);
    await eventually(async () => expect(await feedOf(follower)).toEqual([id]));
    await follower.client.request(MuteUserDocument, { userId: author.id });
    await eventually(async () => expect(await feedOf(follower)).toEqual([]));
    await follower.client.request(UnmuteUserDocument, { userId: author.id });
    await eventually(async () => expect(await feedOf(follower)).toEqual([id]));
  });

  test('of a private account is seen by accepted followers only', async () => {
    const [author, follower, stranger] = await Promise.all([join('private'), join('follower'), join('stranger')]);
    await author.client.request(UpdateProfileDocument, { input: { isPrivate: true } });
    // Until the account's event has arrived, the follow needs no request. So it is undone and tried again.
    await eventually(async () => {
      await follower.client.request(UnfollowUserDocument, { userId: author.id });
      expect(await follow(follower, author)).toBe('REQUESTED');
    });
    const id = await publish(author, 'for friends');
    expect((await follower.client.request(PostDocument, { id })).post).toBeNull();
    const { acceptFollowRequest } = await author.client.request(AcceptFollowRequestDocument, { userId: follower.id });
    expect(acceptFollowRequest!.errors).toEqual([]);
    await eventually(async () => expect(await feedOf(follower)).toEqual([id]));
    expect((await stranger.client.request(PostDocument, { id })).post).toBeNull();
    expect((await platform.client.request(PostDocument, { id })).post).toBeNull();
    const { user } = await stranger.client.request(ProfileDocument, { username: author.username });
    expect(user).toMatchObject({ isPrivate: true, posts: { edges: [] } });
  });

  test('by somebody who blocks the viewer is hidden, and so is the account', async () => {
    const [author, follower] = await Promise.all([join('blocker'), join('blocked')]);
    await follow(follower, author);
    const id = await publish(author, 'not for you');
    await eventually(async () => expect(await feedOf(follower)).toEqual([id]));
    await author.client.request(BlockUserDocument, { userId: follower.id });
    await eventually(async () => expect(await feedOf(follower)).toEqual([]));
    expect((await follower.client.request(PostDocument, { id })).post).toBeNull();
    expect((await follower.client.request(ProfileDocument, { username: author.username })).user).toBeNull();
  });

  test('is paged without gaps while new posts arrive', async () => {
    const [author, follower] = await Promise.all([join('author'), join('reader')]);
    await follow(follower, author);
    const ids: string[] = [];
    for (const caption of ['1', '2', '3', '4', '5']) ids.unshift(await publish(author, caption));
    await eventually(async () => expect(await feedOf(follower)).toEqual(ids));
    const first = (await follower.client.request(HomeFeedDocument, { first: 2 })).homeFeed;
    expect(first!.pageInfo.hasNextPage).toBe(true);
    const newest = await publish(author, '6');
    await eventually(async () => expect(await feedOf(follower)).toEqual([newest, ...ids]));
    const rest = (await follower.client.request(HomeFeedDocument, { first: 3, after: first!.pageInfo.endCursor }))
      .homeFeed;
    expect([...first!.edges, ...rest!.edges].map((edge) => edge.node!.id)).toEqual(ids);
    expect(rest!.pageInfo.hasNextPage).toBe(false);
  });

  test('sets the profile picture that was uploaded for it', async () => {
    const person = await join('face');
    const [avatarUploadId] = await person.client.upload(
      [{ bytes: await photo(), contentType: 'image/jpeg' }],
      'AVATAR',
    );
    const { updateProfile } = await person.client.request(UpdateProfileDocument, { input: { avatarUploadId } });
    expect(updateProfile!.errors).toEqual([]);
    await eventually(async () => {
      const { user } = await platform.client.request(ProfileDocument, { username: person.username });
      expect(user?.avatar?.url).toMatch(/^http/);
    });
  });
});
