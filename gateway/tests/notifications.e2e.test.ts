import {
  BlockUserDocument,
  DeletePostDocument,
  LikePostDocument,
  MarkAllNotificationsAsReadDocument,
  NotificationsDocument,
  SharePostDocument,
  UnlikePostDocument,
} from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('what others do, %s', (shape) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform(shape);
  });
  afterAll(() => platform?.close());

  const of = async ({ client }: Person) => {
    const { notifications, unreadNotificationCount } = await client.request(NotificationsDocument, {});
    return { unread: unreadNotificationCount, nodes: notifications!.edges.map(({ node }) => node) };
  };

  test('reaches its recipient, grouped, until it is taken back', async () => {
    const [anna, bob, cleo] = await Promise.all(['anna', 'bob', 'cleo'].map((name) => register(platform.client, name)));
    const postId = await publish(anna!, 'fog');
    for (const { client } of [bob!, cleo!]) await client.request(LikePostDocument, { postId });
    await bob!.client.request(SharePostDocument, { input: { postId } });
    expect(await follow(bob!, anna!)).toBe('FOLLOWING');
    await eventually(async () => {
      const { nodes, unread } = await of(anna!);
      expect(nodes.map(({ text }) => text).toSorted()).toEqual([
        `${bob!.username} shared your photo.`,
        `${bob!.username} started following you.`,
        `${cleo!.username} and ${bob!.username} liked your photo.`,
      ]);
      expect(unread).toBe(3);
    });
    const likes = (await of(anna!)).nodes.find(({ kind }) => kind === 'POST_LIKE');
    expect(likes).toMatchObject({
      actors: [{ username: cleo!.username }, { username: bob!.username }],
      actorCount: 2,
      post: { id: postId },
      isRead: false,
    });
    expect((await of(bob!)).nodes).toEqual([]);

    await anna!.client.request(MarkAllNotificationsAsReadDocument, {});
    expect((await of(anna!)).unread).toBe(0);
    await cleo!.client.request(UnlikePostDocument, { postId });
    await eventually(async () =>
      expect((await of(anna!)).nodes.map(({ text }) => text)).toContain(`${bob!.username} liked your photo.`),
    );
    await anna!.client.request(DeletePostDocument, { input: { postId } });
    await eventually(async () => expect((await of(anna!)).nodes.map(({ kind }) => kind)).toEqual(['FOLLOW']));
    await anna!.client.request(BlockUserDocument, { userId: bob!.id });
    await eventually(async () => expect(await of(anna!)).toEqual({ unread: 0, nodes: [] }));
  });
});
