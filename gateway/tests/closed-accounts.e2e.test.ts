import { requireGlobalId } from '@tintype/graphql';
import type { TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { computeInfluencers, forgetSearches, setScene, surfaces, whereSeen } from './platform/scene.ts';

const PASSWORD = 'a long enough phrase';
const LONG = { timeoutMs: 30_000, everyMs: 250 };

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
});
afterAll(() => platform?.close());

test('a deactivated account disappears, returns after a login, and disappears for good once deleted', async () => {
  const scene = await setScene(platform);
  const { ann, ben, eve, annsPost, bensPost, comment, share } = scene;
  const { client } = ann;
  const asks = surfaces(scene);
  const traces = [ann.id, ann.username, annsPost, comment, share];
  /** Surfaces on which a trace of the person is visible. */
  const where = async (): Promise<string[]> => {
    await forgetSearches(platform);
    await computeInfluencers(platform);
    return whereSeen(asks, traces);
  };
  const counts = async () => {
    const profile = (await eve.client.request(operations.ProfileDocument, { username: ben.username })).user!;
    const { post } = await eve.client.request(operations.EngagementDocument, { postId: bensPost });
    const theirs = (await eve.client.request(operations.ProfileDocument, { username: ann.username })).user;
    const liked = (await eve.client.request(operations.EngagementDocument, { postId: annsPost })).post;
    return { profile, post: { ...post, likedBy: [], topComments: [] }, theirs, liked };
  };
  /** A feed has no gaps for hidden people. */
  const expectNoGaps = async () => {
    const { homeFeed } = await ben.client.request(operations.HomeFeedDocument, { first: 40 });
    expect(homeFeed!.edges.filter(({ node }) => node === null)).toEqual([]);
    expect(homeFeed!.edges.map(({ node }) => node?.id)).toContain(bensPost);
  };
  const everywhere = Object.keys(asks);
  const logIn = async () => {
    const input = { identifier: ann.username, password: PASSWORD };
    return (await platform.client.request(operations.LogInDocument, { input })).logIn!;
  };

  await eventually(async () => expect(await where()).toEqual(everywhere), LONG);
  const before = await counts();
  expect(before).toMatchObject({ post: { likeCount: 1, commentCount: 2 }, liked: { likeCount: 3, commentCount: 1 } });

  const deactivated = await client.request(operations.DeactivateAccountDocument, { password: PASSWORD });
  expect(deactivated.deactivateAccount).toEqual({ deactivated: true, errors: [] });
  await expect(client.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });
  await eventually(async () => expect(await where()).toEqual([]), LONG);
  await eventually(expectNoGaps);
  const meanwhile = await counts();
  expect(meanwhile.theirs).toBeNull();
  expect(meanwhile.liked).toBeNull();
  expect(meanwhile.post).toEqual(before.post);

  const back = await logIn();
  expect(back).toMatchObject({ reactivated: true, user: { id: ann.id }, errors: [] });
  await eventually(async () => expect(await where()).toEqual(everywhere), LONG);
  expect(await counts()).toEqual(before);

  const again = platform.client.as(back!.accessToken!);
  const deleted = await again.request(operations.DeleteAccountDocument, { password: PASSWORD });
  expect(deleted.deleteAccount).toEqual({ deleted: true, errors: [] });
  await eventually(async () => expect(await where()).toEqual([]), LONG);
  expect((await logIn()).errors.map(({ code }) => code)).toEqual(['CREDENTIALS_WRONG']);
  const email = `${ann.username}@example.org`;
  const anew = async (username: string) => {
    const input = { username, email, password: PASSWORD };
    return (await platform.client.request(operations.CreateAccountDocument, { input })).createAccount!;
  };
  expect((await anew(ann.username)).errors.map(({ code }) => code)).toEqual(['USERNAME_TAKEN']);
  expect((await anew(`${ann.username}2`)).errors).toEqual([]);
  expect(await where()).toEqual([]);
});

test('before the event has arrived, the hidden person is left out and nothing else is missing', async () => {
  const [dan, fay] = await Promise.all(['dan', 'fay'].map((name) => register(platform.client, name)));
  await follow(dan!, fay!);
  const postId = await publish(fay!, 'Kept whole');
  await dan!.client.request(operations.LikePostDocument, { postId });
  await dan!.client.request(operations.CreateCommentDocument, { input: { postId, text: 'From who is to go' } });
  const text = `Thanks, @${dan!.username}`;
  await fay!.client.request(operations.CreateCommentDocument, { input: { postId, text } });
  const query = `query ($id: ID!) {
    post(id: $id) { likedBy { username } comments { edges { node { text author { username } mentions { username } } } } }
    notifications { edges { node { kind actors { username } } } }
  }`;
  type Node = { text: string; author: { username: string } | null; mentions: { username: string }[] };
  type Answer = {
    post: { likedBy: { username: string }[]; comments: { edges: { node: Node }[] } };
    notifications: { edges: { node: { kind: string; actors: { username: string }[] } }[] };
  };
  const ask = async () => {
    const { post, notifications } = await fay!.client.request(
      { toString: () => query } as TypedDocument<Answer, { id: string }>,
      { id: postId },
    );
    const comments = post.comments.edges.map(({ node }) => [node.text, node.author?.username, node.mentions.length]);
    const kinds = notifications.edges.map(({ node }) => [node.kind, node.actors.length]);
    return { likedBy: post.likedBy.length, comments: comments.sort(), notifications: kinds.sort() };
  };
  const there = (count: 0 | 1) => ({
    likedBy: count,
    comments: [
      ['From who is to go', count ? dan!.username : undefined, 0],
      [text, fay!.username, count],
    ],
    notifications: [
      ['COMMENT', count],
      ['FOLLOW', count],
      ['POST_LIKE', count],
    ],
  });
  await eventually(async () => expect(await ask()).toEqual(there(1)));
  // The state while no event arrives.
  const { pool } = platform.environment.database;
  await pool.query(`UPDATE "user".account SET state = 'DEACTIVATED' WHERE id = $1`, [requireGlobalId('User', dan!.id)]);
  expect(await ask()).toEqual(there(0));
});
