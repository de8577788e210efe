import {
  BlockUserDocument,
  DeletePostDocument,
  FollowHashtagDocument,
  HashtagDocument,
  HomeFeedDocument,
  LikePostDocument,
  NotificationsDocument,
  UnfollowHashtagDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('hashtags, %s', (shape) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform(shape);
  });
  afterAll(() => platform?.close());

  const feedOf = async ({ client }: Person): Promise<[string | undefined, string | undefined][]> => {
    const { homeFeed } = await client.request(HomeFeedDocument, {});
    return homeFeed!.edges.map(({ node, hashtag }) => [node?.id, hashtag?.name]);
  };

  test("bring posts of strangers into their followers' feeds, and the best of them to the top", async () => {
    const [reader, author, other, admirer] = await Promise.all(
      ['reader', 'author', 'other', 'admirer'].map((name) => register(platform.client, name)),
    );
    const name = `Tide${Date.now().toString(36)}`;
    const { followHashtag } = await reader!.client.request(FollowHashtagDocument, { name });
    expect(followHashtag!.errors).toEqual([]);
    const first = await publish(author!, `low #${name} with @${reader!.username}`);
    const second = await publish(other!, `high #${name.toUpperCase()} #harbour`);
    await eventually(async () =>
      expect(await feedOf(reader!)).toEqual([
        [second, name],
        [first, name],
      ]),
    );
    await eventually(async () => {
      const { notifications } = await reader!.client.request(NotificationsDocument, {});
      const texts = notifications!.edges.map(({ node }) => node.text);
      expect(texts).toEqual([`${author!.username} mentioned you in a photo.`]);
    });

    await admirer!.client.request(LikePostDocument, { postId: first });
    const topOf = async () => {
      const { hashtag } = await platform.client.request(HashtagDocument, { name });
      return { count: hashtag?.postCount, top: hashtag?.topPosts.edges.map(({ node }) => node?.id) };
    };
    await eventually(async () => expect(await topOf()).toEqual({ count: 2, top: [first, second] }), {
      timeoutMs: 30_000,
    });

    await other!.client.request(BlockUserDocument, { userId: reader!.id });
    await author!.client.request(UpdateProfileDocument, { input: { isPrivate: true } });
    await eventually(async () => expect(await feedOf(reader!)).toEqual([]));
    await author!.client.request(UpdateProfileDocument, { input: { isPrivate: false } });
    await eventually(async () => expect(await feedOf(reader!)).toEqual([[first, name]]));
    await reader!.client.request(UnfollowHashtagDocument, { name });
    expect(await feedOf(reader!)).toEqual([]);
    await author!.client.request(DeletePostDocument, { input: { postId: first } });
    expect(await topOf()).toEqual({ count: 1, top: [second] });
  });
});
