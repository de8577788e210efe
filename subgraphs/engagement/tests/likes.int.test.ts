import { globalId, parseGlobalId } from '@tintype/ids';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, ann, bob]: bigint[] = [];
let postId: bigint;
beforeAll(async () => {
  fixture = await openEngagement();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  [author, ann, bob] = await fixture.world.register(3);
  postId = await fixture.world.publish(author!);
});

type Likes = { likeCount: number; viewerHasLiked: boolean };
const likesOf = (viewer: bigint | null) => fixture.post<Likes>(viewer, postId, 'likeCount viewerHasLiked');
const input = () => ({ postId: globalId('Post', postId) });

describe('a like', () => {
  test('is visible at once to the person who likes, and to everyone after it is applied', async () => {
    const payload = await fixture.act(ann!, 'likePost', input(), 'post { likeCount viewerHasLiked }');
    expect(payload).toEqual({ post: { likeCount: 1, viewerHasLiked: true }, errors: [] });
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
    await eventually(async () => expect(await likesOf(bob!)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
    await eventually(async () => expect(await likesOf(null)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
  });

  test('can be repeated and undone, and counts once', async () => {
    for (let time = 0; time < 3; time++) await fixture.act(ann!, 'likePost', input());
    await fixture.act(bob!, 'likePost', input());
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ likes: 2, likeRows: 2 });
    for (let time = 0; time < 2; time++) await fixture.act(ann!, 'unlikePost', input());
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: false });
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ likes: 1, likeRows: 1 });
    await eventually(async () => expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
  });

  test('of a comment counts for the comment and not for the post', async () => {
    const commentId = await fixture.comment(bob!, postId, 'well seen');
    const payload = await fixture.act(ann!, 'likeComment', { commentId }, 'comment { likeCount viewerHasLiked }');
    expect(payload.comment).toEqual({ likeCount: 1, viewerHasLiked: true });
    await fixture.eventsApplied();
    const found = await fixture.post<{ comments: { edges: { node: object }[] } }>(
      bob!,
      postId,
      'likeCount comments { edges { node { id likeCount viewerHasLiked } } }',
    );
    expect(found).toMatchObject({
      likeCount: 0,
      comments: { edges: [{ node: { id: commentId, likeCount: 1, viewerHasLiked: false } }] },
    });
  });
});

describe('what cannot be liked', () => {
  const refused = async (who: bigint, postId: string) =>
    (await fixture.act(who, 'likePost', { postId })).errors.map((error) => error.code);

  test('includes what does not exist', async () => {
    for (const id of ['Post_1', 'Post_', '', 'x', 'Post_-1', 'Post_99999999999999999999', globalId('User', ann!)]) {
      expect(await refused(ann!, id)).toEqual(['POST_NOT_FOUND']);
    }
  });

  test('includes a deleted post', async () => {
    await fixture.world.withoutEvents(() => fixture.world.deletePost(postId));
    expect(await refused(ann!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    expect(await likesOf(ann!)).toBeNull();
  });

  test('includes posts of private accounts for strangers, and posts of a blocker for the blocked', async () => {
    await fixture.world.block(author!, ann!);
    expect(await refused(ann!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    await fixture.world.setPrivate(author!, true);
    expect(await refused(bob!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    expect(await refused(author!, globalId('Post', postId))).toEqual([]);
  });

  test('includes everything for a visitor', async () => {
    const query = `mutation { likePost(input: { postId: "${globalId('Post', postId)}" }) { errors { code } } }`;
    await expect(fixture.graph.askAs('feed', 'engagement', null, query)).rejects.toThrow(/Log in/);
  });
});

describe('people who like a post', () => {
  const likedBy = async (viewer: bigint, first = 3) =>
    (await fixture.post<{ likedBy: { id: string }[] }>(viewer, postId, `likedBy(first: ${first}) { id }`))!.likedBy.map(
      ({ id }) => parseGlobalId('User', id),
    );

  test('are the newest, after people whom the viewer follows', async () => {
    const others = await fixture.world.register(6);
    for (const other of [ann!, ...others]) {
      await fixture.act(other, 'likePost', input());
      await fixture.eventsApplied();
    }
    expect(await likedBy(bob!)).toEqual([others[5], others[4], others[3]]);
    await fixture.world.follow(bob!, ann!);
    expect(await likedBy(bob!)).toEqual([ann, others[5], others[4]]);
    await fixture.world.block(others[5]!, bob!);
    expect(await likedBy(bob!)).toEqual([ann, others[4], others[3]]);
    await fixture.world.block(bob!, others[4]!);
    expect(await likedBy(bob!)).toEqual([ann, others[3], others[2]]);
  });

  test('are limited in number', async () => {
    await expect(likedBy(ann!, 0)).rejects.toThrow(/from 1 to 20/);
    await expect(likedBy(ann!, 21)).rejects.toThrow(/from 1 to 20/);
  });
});

test('a like is never removed by an ID of another type with the same number', async () => {
  const commentId = await fixture.comment(author!, postId, 'liked once');
  const numberOf = (id: string) => id.split('_')[1];
  await fixture.act(ann!, 'likeComment', { commentId });
  await fixture.act(ann!, 'likePost', { postId: globalId('Post', postId) });
  await fixture.eventsApplied();
  for (let time = 0; time < 2; time++) {
    const crossed = { postId: `Post_${numberOf(commentId)}` };
    expect((await fixture.act(ann!, 'unlikePost', crossed)).errors).toMatchObject([{ code: 'POST_NOT_FOUND' }]);
    const other = { commentId: `Comment_${postId}` };
    expect((await fixture.act(ann!, 'unlikeComment', other)).errors).toMatchObject([{ code: 'COMMENT_NOT_FOUND' }]);
    await fixture.act(ann!, 'likeComment', { commentId });
    await fixture.act(ann!, 'likePost', { postId: globalId('Post', postId) });
    await fixture.eventsApplied();
  }
  const { likeCount } = (await fixture.post<{ likeCount: number }>(bob!, postId, 'likeCount'))!;
  expect(likeCount).toBe(1);
  const { rows } = await fixture.environment.database.pool.query(
    'SELECT like_count AS "likeCount" FROM engagement.comment WHERE id = $1',
    [numberOf(commentId)],
  );
  expect(rows).toEqual([{ likeCount: 1 }]);
});

describe('the likers of a post', () => {
  type Likers = {
    edges: { node: { id: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    totalCount: number;
  };
  const page = async (viewer: bigint, args: string) => {
    const fields = `likers(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } totalCount }`;
    const { likers } = (await fixture.post<{ likers: Likers }>(viewer, postId, fields))!;
    return { ...likers, ids: likers.edges.map(({ node }) => parseGlobalId('User', node.id)) };
  };

  test('are paged, most recent like first, without people who are hidden from the viewer', async () => {
    const likers = await fixture.world.register(5);
    for (const liker of likers) {
      await fixture.act(liker, 'likePost', input());
      await fixture.eventsApplied();
    }
    await fixture.world.block(likers[3]!, bob!);
    const first = await page(bob!, 'first: 2');
    expect(first).toMatchObject({ ids: [likers[4], likers[2]], totalCount: 5, pageInfo: { hasNextPage: true } });
    const second = await page(bob!, `first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ ids: [likers[1], likers[0]], totalCount: 5, pageInfo: { hasNextPage: false } });
    expect((await page(ann!, 'first: 100')).ids).toEqual(likers.toReversed());
    await fixture.act(likers[4]!, 'unlikePost', input());
    await fixture.eventsApplied();
    expect(await page(ann!, 'first: 1')).toMatchObject({ ids: [likers[3]], totalCount: 4 });
  });
});

test('counts and likes come from Postgres while Redis is empty', async () => {
  await fixture.act(ann!, 'likePost', input());
  await fixture.eventsApplied();
  await removeKeys(fixture.environment.redis, 'engagement:*');
  expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
  expect(await likesOf(bob!)).toMatchObject({ likeCount: 1, viewerHasLiked: false });
});

test('subgraphs that recommend get the latest likes of the viewer, and those of people with similar likes', async () => {
  const [viewer, peer] = await fixture.world.register(2);
  const [known, next] = [await fixture.world.publish(author!), await fixture.world.publish(author!)];
  for (const [who, id] of [
    [viewer!, known],
    [peer!, known],
    [peer!, next],
  ] as const)
    await fixture.act(who, 'likePost', { postId: globalId('Post', id) });
  const query = '{ engagedPosts coEngaged { postId score } }';
  await eventually(async () =>
    expect(await fixture.graph.askAs('feed', 'engagement', viewer!, query)).toEqual({
      engagedPosts: [String(known)],
      coEngaged: [{ postId: String(next), score: expect.closeTo(1 / Math.log(3), 9) }],
    }),
  );
  await expect(fixture.graph.askAs('feed', 'engagement', null, query)).rejects.toThrow('Log in');
});
