import type { TintypeClient, TypedDocument } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow, type Person, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

const PASSWORD = 'a long enough phrase';
const LONG = { timeoutMs: 30_000, everyMs: 250 };

let platform: TestPlatform;
let [ann, ben, cid, eve]: Person[] = [];
const tag = `kelp${Date.now().toString(36)}`;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
  [ann, ben, cid, eve] = await Promise.all(['ann', 'ben', 'cid', 'eve'].map((name) => register(platform.client, name)));
});
afterAll(() => platform?.close());

/** Searches keep what they found for 30 s. */
async function forgetSearches(): Promise<void> {
  const { client, key } = platform.environment.redis;
  for await (const keys of client.scanIterator({ MATCH: key('search:hits:*'), COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}

/** A new account that likes the hashtag of somebody else's post: what it is offered for that. */
async function explored(postId: string): Promise<unknown> {
  const { client } = await register(platform.client, 'new');
  await client.request(operations.LikePostDocument, { postId });
  return client.request(operations.ExploreDocument, { first: 50 });
}

type Asks = Record<string, () => Promise<unknown>>;

/** Every place in which a person can be met, or something of theirs, as others see it. */
function surfaces(at: { annsPost: string; bensPost: string; eves: string; comment: string }): Asks {
  const asked =
    (client: TintypeClient) =>
    <Variables>(document: TypedDocument<unknown, Variables>, variables: Variables) =>
    () =>
      client.request(document, variables);
  const [byBen, byEve, byVisitor] = [asked(ben!.client), asked(eve!.client), asked(platform.client)];
  const { username } = ann!;
  return {
    profile: byBen(operations.ProfileDocument, { username }),
    'profile, to visitors': byVisitor(operations.ProfileDocument, { username }),
    followers: byEve(operations.FollowersDocument, { username: ben!.username }),
    mutual: byBen(operations.MutualFollowersDocument, { username: cid!.username }),
    suggestions: byEve(operations.PeopleYouMayKnowDocument, {}),
    home: byBen(operations.HomeFeedDocument, { first: 50 }),
    post: byBen(operations.PostDocument, { id: at.annsPost }),
    'post, to visitors': byVisitor(operations.PostDocument, { id: at.annsPost }),
    hashtag: byEve(operations.HashtagDocument, { name: tag }),
    explore: () => explored(at.eves),
    comments: byEve(operations.CommentsDocument, { postId: at.bensPost, order: 'NEWEST' }),
    'comments under theirs': byBen(operations.CommentsDocument, { postId: at.annsPost }),
    replies: byBen(operations.RepliesDocument, { commentId: at.comment }),
    'likers and best comments': byEve(operations.EngagementDocument, { postId: at.bensPost }),
    // The list does not name who commented: that it is not empty is the trace.
    async commented() {
      const between = { authorId: ben!.id, commenterId: ann!.id };
      const { commentedPosts } = await eve!.client.request(operations.CommentedPostsDocument, between);
      return commentedPosts!.edges.map(() => ann!.id);
    },
    'commented theirs': byEve(operations.CommentedPostsDocument, { authorId: ann!.id, commenterId: ben!.id }),
    saved: byBen(operations.SavedPostsDocument, {}),
    activity: byBen(operations.ActivityDocument, { first: 50 }),
    notifications: byBen(operations.NotificationsDocument, { first: 50 }),
    'search, people': byEve(operations.SearchDocument, { query: username, types: ['PEOPLE'] }),
    'search, posts': byEve(operations.SearchDocument, { query: `forest of ${tag}`, types: ['POSTS'] }),
    'search, to visitors': byVisitor(operations.SearchDocument, { query: username }),
    suggest: byEve(operations.SuggestDocument, { prefix: `@${username}` }),
    trending: byVisitor(operations.TrendingDocument, { window: 'HOUR', first: 50 }),
    link: async () => (await fetch(`${platform.url}/p/${at.annsPost}`)).text(),
  };
}

test('whoever closes their account is nowhere, is everywhere again after a log-in, and nowhere for good once deleted', async () => {
  const { client } = ann!;
  await Promise.all([
    follow(ben!, ann!),
    follow(ann!, ben!),
    follow(cid!, ann!),
    follow(ann!, cid!),
    follow(ben!, cid!),
  ]);
  await follow(eve!, ben!);
  await follow(eve!, cid!);
  const annsPost = await publish(ann!, `In the forest of ${tag} #${tag}`);
  const bensPost = await publish(ben!, `Low tide #${tag}`);
  const eves = await publish(eve!, `Spring tide #${tag}`);
  for (const who of [ben!, cid!, eve!]) await who.client.request(operations.LikePostDocument, { postId: annsPost });
  await client.request(operations.LikePostDocument, { postId: bensPost });
  const { addComment } = await client.request(operations.AddCommentDocument, {
    input: { postId: bensPost, text: 'Said by who is to go' },
  });
  const comment = addComment.comment!.id;
  await ben!.client.request(operations.AddCommentDocument, {
    input: { postId: bensPost, parentId: comment, text: 'Answered' },
  });
  await ben!.client.request(operations.AddCommentDocument, { input: { postId: annsPost, text: 'Well met' } });
  await ben!.client.request(operations.SavePostDocument, { postId: annsPost, collectionId: null });
  const { sharePost } = await client.request(operations.SharePostDocument, { input: { postId: eves, text: 'Shared' } });
  const share = sharePost.share!.id;

  const asks = surfaces({ annsPost, bensPost, eves, comment });
  const traces = [ann!.id, ann!.username, annsPost, comment, share].map((trace) => `"${trace}"`);
  /** Where there is a trace of them. */
  const where = async (): Promise<string[]> => {
    await forgetSearches();
    const found = await Promise.all(
      Object.entries(asks).map(async ([name, ask]) => {
        const answer = await ask();
        const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
        return (name === 'link' ? text.includes(ann!.username) : traces.some((trace) => text.includes(trace)))
          ? name
          : null;
      }),
    );
    return found.filter((name) => name !== null);
  };
  const counts = async () => {
    const profile = (await eve!.client.request(operations.ProfileDocument, { username: ben!.username })).user!;
    const { post } = await eve!.client.request(operations.EngagementDocument, { postId: bensPost });
    const theirs = (await eve!.client.request(operations.ProfileDocument, { username: ann!.username })).user;
    const liked = (await eve!.client.request(operations.EngagementDocument, { postId: annsPost })).post;
    return { profile, post: { ...post, likedBy: [], topComments: [] }, theirs, liked };
  };
  /** A feed has no gaps where somebody is hidden. */
  const expectNoGaps = async () => {
    const { homeFeed } = await ben!.client.request(operations.HomeFeedDocument, { first: 50 });
    expect(homeFeed!.edges.filter(({ node }) => node === null)).toEqual([]);
    expect(homeFeed!.edges.map(({ node }) => node?.id)).toContain(bensPost);
  };
  const everywhere = Object.keys(asks);
  const logIn = async () => {
    const input = { identifier: ann!.username, password: PASSWORD };
    return (await platform.client.request(operations.LogInDocument, { input })).logIn;
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
  expect(back).toMatchObject({ reactivated: true, user: { id: ann!.id }, errors: [] });
  await eventually(async () => expect(await where()).toEqual(everywhere), LONG);
  expect(await counts()).toEqual(before);

  const again = platform.client.as(back.accessToken!);
  const deleted = await again.request(operations.DeleteAccountDocument, { password: PASSWORD });
  expect(deleted.deleteAccount).toEqual({ deleted: true, errors: [] });
  await eventually(async () => expect(await where()).toEqual([]), LONG);
  expect((await logIn()).errors.map(({ code }) => code)).toEqual(['CREDENTIALS_WRONG']);
  const email = `${ann!.username}@example.org`;
  const anew = async (username: string) => {
    const input = { username, email, password: PASSWORD };
    return (await platform.client.request(operations.RegisterDocument, { input })).register;
  };
  expect((await anew(ann!.username)).errors.map(({ code }) => code)).toEqual(['USERNAME_TAKEN']);
  expect((await anew(`${ann!.username}2`)).errors).toEqual([]);
  expect(await where()).toEqual([]);
});

test('before the word of it has arrived, who hid is left out and nothing else is missing', async () => {
  const [dan, fay] = await Promise.all(['dan', 'fay'].map((name) => register(platform.client, name)));
  await follow(dan!, fay!);
  const postId = await publish(fay!, 'Kept whole');
  await dan!.client.request(operations.LikePostDocument, { postId });
  await dan!.client.request(operations.AddCommentDocument, { input: { postId, text: 'From who is to go' } });
  const text = `Thanks, @${dan!.username}`;
  await fay!.client.request(operations.AddCommentDocument, { input: { postId, text } });
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
      ['LIKE_POST', count],
    ],
  });
  await eventually(async () => expect(await ask()).toEqual(there(1)));
  // As it is while no event gets through.
  const { pool } = platform.environment.database;
  await pool.query(`UPDATE "user".account SET state = 'DEACTIVATED' WHERE id = $1`, [dan!.id]);
  expect(await ask()).toEqual(there(0));
});
