import { globalId, parseGlobalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, commenter, other]: bigint[] = [];
let postId: bigint;
let commentId: string;
let decisions = 0n;
beforeAll(async () => {
  fixture = await openEngagement();
  [author, commenter, other] = await fixture.world.register(3);
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  postId = await fixture.world.publish(author!);
  commentId = await fixture.comment(commenter!, postId, 'Well met');
});

const restrict = async (restriction: string, decisionId = ++decisions, id = commentId) => {
  const query = `mutation ($id: Snowflake!, $decisionId: Snowflake!) {
    restrictComment(id: $id, restriction: ${restriction}, decisionId: $decisionId) }`;
  const variables = { id: String(parseGlobalId('Comment', id)), decisionId: String(decisionId) };
  type Data = { restrictComment: boolean };
  const data = await fixture.graph.askAs<Data>('moderation', 'engagement', null, query, variables);
  return data.restrictComment;
};
type Comments = { comments: { edges: { node: { id: string } }[] }; commentCount: number };
/** In the list and by itself. */
const seenBy = async (viewer: bigint | null) => {
  const listed = await fixture.post<Comments>(viewer, postId, 'comments { edges { node { id } } }');
  const { comment } = await fixture.graph.ask<{ comment: object | null }>(
    'engagement',
    viewer,
    `{ comment(id: "${commentId}") { id } }`,
  );
  expect(listed!.comments.edges.map(({ node }) => node.id)).toEqual(comment ? [commentId] : []);
  return comment !== null;
};
/** Those of these posts on which the commenter commented, as far as the viewer knows. */
const commentedPosts = async (viewer: bigint | null, among: readonly string[]) => {
  const [authorId, commenterId] = [globalId('User', author!), globalId('User', commenter!)];
  type Page = { commentedPosts: { edges: { node: { id: string } }[] } };
  const page = await fixture.graph.ask<Page>(
    'engagement',
    viewer,
    `{ commentedPosts(authorId: "${authorId}", commenterId: "${commenterId}", first: 100) { edges { node { id } } } }`,
  );
  return page.commentedPosts.edges.map(({ node }) => node.id).filter((id) => among.includes(id));
};
const countIs = (count: number) =>
  eventually(async () => {
    expect(await fixture.post<Comments>(other!, postId, 'commentCount')).toMatchObject({ commentCount: count });
  });

describe('a comment that moderators', () => {
  test('hid is visible to its author only, and is not counted', async () => {
    await countIs(1);
    expect(await restrict('HIDDEN')).toBe(true);
    for (const viewer of [author!, other!, null]) expect(await seenBy(viewer)).toBe(false);
    expect(await seenBy(commenter!)).toBe(true);
    await countIs(0);
  });

  test('hid or removed takes its replies along', async () => {
    const { comment } = await fixture.act(
      other!,
      'createComment',
      { postId: globalId('Post', postId), parentId: commentId, text: 'Me too' },
      'comment { id }',
    );
    const { id } = comment as { id: string };
    const replySeenBy = async (viewer: bigint | null) => {
      const query = `{ comment(id: "${id}") { id } }`;
      return (await fixture.graph.ask<{ comment: object | null }>('engagement', viewer, query)).comment !== null;
    };
    expect(await replySeenBy(null)).toBe(true);
    for (const restriction of ['HIDDEN', 'REMOVED']) {
      await restrict(restriction);
      for (const viewer of [author!, other!, null]) expect(await replySeenBy(viewer)).toBe(false);
    }
    await restrict('NONE');
    expect(await replySeenBy(null)).toBe(true);
    // Both were hidden, and the reply is released first.
    for (const restriction of ['HIDDEN', 'NONE']) {
      for (const one of [id, commentId]) await restrict(restriction, undefined, one);
    }
    expect(await replySeenBy(null)).toBe(true);
  });

  test('hid stays hidden when its author edits it', async () => {
    await restrict('HIDDEN');
    const edited = await fixture.act(commenter!, 'updateComment', { commentId, text: 'Better met' });
    expect(edited.errors).toEqual([]);
    expect(await seenBy(other!)).toBe(false);
  });

  test('removed is visible to nobody', async () => {
    await restrict('REMOVED');
    for (const viewer of [author!, commenter!, other!, null]) expect(await seenBy(viewer)).toBe(false);
    const edited = await fixture.act(commenter!, 'updateComment', { commentId, text: 'Back again' });
    expect(edited.errors).toMatchObject([{ code: 'COMMENT_NOT_FOUND' }]);
  });

  test('released is visible and counted again, unless its author is filtered', async () => {
    await restrict('REMOVED');
    await restrict('NONE');
    expect(await seenBy(other!)).toBe(true);
    await countIs(1);
    await fixture.act(author!, 'updateCommentFilter', { words: ['met'] });
    await restrict('NONE');
    expect(await seenBy(other!)).toBe(false);
    expect(await seenBy(commenter!)).toBe(true);
    await fixture.act(author!, 'updateCommentFilter', { words: [] });
  });

  test('decided about twice follows the newer decision, in whichever order both arrive', async () => {
    const [older, newer] = [++decisions, ++decisions];
    expect(await restrict('NONE', newer)).toBe(true);
    expect(await restrict('REMOVED', older)).toBe(false);
    expect(await restrict('REMOVED', newer)).toBe(false);
    expect(await seenBy(other!)).toBe(true);
  });

  test('hid while it waited for approval leaves no trace for the author of the post, and waits again once released', async () => {
    await fixture.world.restrict(author!, commenter!);
    commentId = await fixture.comment(commenter!, postId, 'Well met again');
    const post = await fixture.world.publish(author!);
    await fixture.comment(commenter!, post, 'Elsewhere');
    const both = [globalId('Post', post), globalId('Post', postId)];
    const [elsewhere, here] = both;
    // Of the two comments on the first post, only the one that waits is left.
    const { comments } = (await fixture.post<Comments>(author!, postId, 'comments { edges { node { id } } }'))!;
    const first = comments.edges.find(({ node }) => node.id !== commentId)!.node.id;
    await fixture.act(author!, 'deleteComment', { commentId: first });
    expect(await commentedPosts(author!, both)).toEqual([elsewhere, here]);
    await restrict('HIDDEN');
    expect(await commentedPosts(author!, both)).toEqual([elsewhere]);
    expect(await commentedPosts(commenter!, both)).toEqual([elsewhere, here]);
    const approve = () => fixture.act(author!, 'approveComment', { commentId });
    expect((await approve()).errors).toMatchObject([{ code: 'COMMENT_NOT_FOUND' }]);
    await restrict('REMOVED');
    expect(await commentedPosts(commenter!, both)).toEqual([elsewhere]);
    await restrict('NONE');
    expect(await commentedPosts(author!, both)).toEqual([elsewhere, here]);
    for (const viewer of [other!, null]) expect(await commentedPosts(viewer, both)).toEqual([]);
    expect((await approve()).errors).toEqual([]);
    expect(await seenBy(other!)).toBe(true);
    await fixture.world.unrestrict(author!, commenter!);
  });

  test('cannot find because it is deleted is not restricted', async () => {
    await fixture.act(commenter!, 'deleteComment', { commentId });
    expect(await restrict('HIDDEN')).toBe(false);
  });
});
