import { globalId, parseGlobalId } from '@tintype/ids';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let [author, ann, bob]: bigint[] = [];
let postId: bigint;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  [author, ann, bob] = await stage.register(3);
  postId = await stage.publish(author!);
});

type Likes = { likeCount: number; viewerHasLiked: boolean };
const likesOf = (viewer: bigint | null) => stage.post<Likes>(viewer, postId, 'likeCount viewerHasLiked');
const input = () => ({ postId: globalId('Post', postId) });

describe('a like', () => {
  test('is seen by who likes at once, and by everyone when it is applied', async () => {
    const payload = await stage.act(ann!, 'likePost', input(), 'post { likeCount viewerHasLiked }');
    expect(payload).toEqual({ post: { likeCount: 1, viewerHasLiked: true }, errors: [] });
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
    await eventually(async () => expect(await likesOf(bob!)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
    await eventually(async () => expect(await likesOf(null)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
  });

  test('can be repeated and taken back, and counts once', async () => {
    for (let time = 0; time < 3; time++) await stage.act(ann!, 'likePost', input());
    await stage.act(bob!, 'likePost', input());
    await stage.settled();
    expect(await stage.counts(postId)).toMatchObject({ likes: 2, likeRows: 2 });
    for (let time = 0; time < 2; time++) await stage.act(ann!, 'unlikePost', input());
    expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: false });
    await stage.settled();
    expect(await stage.counts(postId)).toMatchObject({ likes: 1, likeRows: 1 });
    await eventually(async () => expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: false }));
  });

  test('of a comment counts there, and not for the post', async () => {
    const commentId = await stage.comment(bob!, postId, 'well seen');
    const payload = await stage.act(ann!, 'likeComment', { commentId }, 'comment { likeCount viewerHasLiked }');
    expect(payload.comment).toEqual({ likeCount: 1, viewerHasLiked: true });
    await stage.settled();
    const found = await stage.post<{ comments: { edges: { node: object }[] } }>(
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
    (await stage.act(who, 'likePost', { postId })).errors.map((error) => error.code);

  test('is what is not there', async () => {
    for (const id of ['Post_1', 'Post_', '', 'x', 'Post_-1', 'Post_99999999999999999999', globalId('User', ann!)]) {
      expect(await refused(ann!, id)).toEqual(['POST_NOT_FOUND']);
    }
  });

  test('is a deleted post', async () => {
    await stage.environment.database.pool.query('UPDATE post.post SET deleted_at = now() WHERE id = $1', [postId]);
    expect(await refused(ann!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    expect(await likesOf(ann!)).toBeNull();
  });

  test('is the post of a private account to strangers, and of who blocks to the blocked', async () => {
    await stage.social(author!, 'blockUser', ann!);
    expect(await refused(ann!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    await stage.setPrivate(author!, true);
    expect(await refused(bob!, globalId('Post', postId))).toEqual(['POST_NOT_FOUND']);
    expect(await refused(author!, globalId('Post', postId))).toEqual([]);
  });

  test('is anything, for a visitor', async () => {
    const query = `mutation { likePost(input: { postId: "${globalId('Post', postId)}" }) { errors { code } } }`;
    await expect(stage.graph.askAs('feed', 'engagement', null, query)).rejects.toThrow(/Log in/);
  });
});

describe('people who like a post', () => {
  const likedBy = async (viewer: bigint, first = 3) =>
    (await stage.post<{ likedBy: { id: string }[] }>(viewer, postId, `likedBy(first: ${first}) { id }`))!.likedBy.map(
      ({ id }) => parseGlobalId('User', id),
    );

  test('are the newest, but those first whom the viewer follows', async () => {
    const others = await stage.register(6);
    for (const other of [ann!, ...others]) {
      await stage.act(other, 'likePost', input());
      await stage.settled();
    }
    expect(await likedBy(bob!)).toEqual([others[5], others[4], others[3]]);
    await stage.social(bob!, 'followUser', ann!);
    expect(await likedBy(bob!)).toEqual([ann, others[5], others[4]]);
    await stage.social(others[5]!, 'blockUser', bob!);
    expect(await likedBy(bob!)).toEqual([ann, others[4], others[3]]);
    await stage.social(bob!, 'blockUser', others[4]!);
    expect(await likedBy(bob!)).toEqual([ann, others[3], others[2]]);
  });

  test('are asked for in bounds', async () => {
    await expect(likedBy(ann!, 0)).rejects.toThrow(/from 1 to 20/);
    await expect(likedBy(ann!, 21)).rejects.toThrow(/from 1 to 20/);
  });
});

test('a like is never taken back by the ID of another type with its number', async () => {
  const commentId = await stage.comment(author!, postId, 'liked once');
  const numberOf = (id: string) => id.split('_')[1];
  await stage.act(ann!, 'likeComment', { commentId });
  await stage.act(ann!, 'likePost', { postId: globalId('Post', postId) });
  await stage.settled();
  for (let time = 0; time < 2; time++) {
    const crossed = { postId: `Post_${numberOf(commentId)}` };
    expect((await stage.act(ann!, 'unlikePost', crossed)).errors).toMatchObject([{ code: 'POST_NOT_FOUND' }]);
    const other = { commentId: `Comment_${postId}` };
    expect((await stage.act(ann!, 'unlikeComment', other)).errors).toMatchObject([{ code: 'COMMENT_NOT_FOUND' }]);
    await stage.act(ann!, 'likeComment', { commentId });
    await stage.act(ann!, 'likePost', { postId: globalId('Post', postId) });
    await stage.settled();
  }
  const { likeCount } = (await stage.post<{ likeCount: number }>(bob!, postId, 'likeCount'))!;
  expect(likeCount).toBe(1);
  const { rows } = await stage.environment.database.pool.query(
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
    const { likers } = (await stage.post<{ likers: Likers }>(viewer, postId, fields))!;
    return { ...likers, ids: likers.edges.map(({ node }) => parseGlobalId('User', node.id)) };
  };

  test('are paged, most recent like first, without people who are hidden from the viewer', async () => {
    const likers = await stage.register(5);
    for (const liker of likers) {
      await stage.act(liker, 'likePost', input());
      await stage.settled();
    }
    await stage.social(likers[3]!, 'blockUser', bob!);
    const first = await page(bob!, 'first: 2');
    expect(first).toMatchObject({ ids: [likers[4], likers[2]], totalCount: 5, pageInfo: { hasNextPage: true } });
    const second = await page(bob!, `first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ ids: [likers[1], likers[0]], totalCount: 5, pageInfo: { hasNextPage: false } });
    expect((await page(ann!, 'first: 100')).ids).toEqual(likers.toReversed());
    await stage.act(likers[4]!, 'unlikePost', input());
    await stage.settled();
    expect(await page(ann!, 'first: 1')).toMatchObject({ ids: [likers[3]], totalCount: 4 });
  });
});

test('counts and likes come from Postgres while Redis is empty', async () => {
  await stage.act(ann!, 'likePost', input());
  await stage.settled();
  await removeKeys(stage.environment.redis, 'engagement:*');
  expect(await likesOf(ann!)).toMatchObject({ likeCount: 1, viewerHasLiked: true });
  expect(await likesOf(bob!)).toMatchObject({ likeCount: 1, viewerHasLiked: false });
});

test('subgraphs that recommend are told what the viewer liked last, and what people of the same taste like', async () => {
  const [viewer, peer] = await stage.register(2);
  const [known, next] = [await stage.publish(author!), await stage.publish(author!)];
  for (const [who, id] of [
    [viewer!, known],
    [peer!, known],
    [peer!, next],
  ] as const)
    await stage.act(who, 'likePost', { postId: globalId('Post', id) });
  const query = '{ engagedPosts coEngaged { postId score } }';
  await eventually(async () =>
    expect(await stage.graph.askAs('feed', 'engagement', viewer!, query)).toEqual({
      engagedPosts: [String(known)],
      coEngaged: [{ postId: String(next), score: expect.closeTo(1 / Math.log(3), 9) }],
    }),
  );
  await expect(stage.graph.askAs('feed', 'engagement', null, query)).rejects.toThrow('Log in');
});
