import { globalId, parseGlobalId } from '@tintype/ids';
import { explain, fill, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { UNCOUNTED_COMMENTS } from '../src/comment/uncounted-comment.repository.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, ann, bob]: bigint[] = [];
let postId: bigint;
beforeAll(async () => {
  fixture = await openEngagement();
});
afterAll(() => fixture?.close());
/** The author restricts Ann. */
beforeEach(async () => {
  [author, ann, bob] = await fixture.world.register(3);
  postId = await fixture.world.publish(author!);
  await fixture.world.restrict(author!, ann!);
});

const COMMENT = 'id text awaitsApproval replyCount viewerHasLiked replies { edges { node { id } } }';
type Shown = { id: string; text: string; awaitsApproval: boolean; replyCount: number };
type Seen = { commentCount: number; topComments: Shown[]; comments: { edges: { node: Shown }[] } };

/** What a viewer sees of the post. */
async function seen(viewer: bigint | null) {
  const fields = `commentCount topComments { ${COMMENT} } comments(order: NEWEST) { edges { node { ${COMMENT} } } }`;
  const { commentCount, topComments, comments } = (await fixture.post<Seen>(viewer, postId, fields))!;
  return {
    count: commentCount,
    top: topComments.map(({ text }) => text),
    listed: comments.edges.map(({ node }) => node.text),
    shown: comments.edges.map(({ node }) => node),
  };
}
const others = () => [bob!, null] as const;
const codes = async (who: bigint, name: string, input: Record<string, unknown>) =>
  (await fixture.act(who, name, input)).errors.map(({ code, path }) => `${code} ${path.join('.')}`);
const reply = (who: bigint, parentId: string, text = 'reply') =>
  codes(who, 'createComment', { postId: globalId('Post', postId), parentId, text });
async function commentById(viewer: bigint | null, id: string): Promise<Shown | null> {
  const query = `{ comment(id: "${id}") { ${COMMENT} } }`;
  return (await fixture.graph.ask<{ comment: Shown | null }>('engagement', viewer, query)).comment;
}

async function editedAtOf(id: string): Promise<string> {
  const query = `{ comment(id: "${id}") { editedAt } }`;
  return (await fixture.graph.ask<{ comment: { editedAt: string } }>('engagement', author!, query)).comment.editedAt;
}

/** How the events of a comment describe it to other subgraphs. */
async function hiddenInEvents(id: string): Promise<boolean[]> {
  const { rows } = await fixture.environment.database.pool.query(
    `SELECT (data->>'isHidden')::boolean AS hidden FROM engagement.outbox WHERE data->>'commentId' = $1 ORDER BY position`,
    [String(parseGlobalId('Comment', id))],
  );
  return rows.map(({ hidden }) => hidden);
}

describe('a comment by somebody whom the author of the post restricts', () => {
  test('is seen only by both of them, and everybody else sees neither it nor a trace in the counts', async () => {
    await fixture.comment(bob!, postId, 'from bob');
    const id = await fixture.comment(ann!, postId, 'from ann');
    for (const applied of [false, true]) {
      if (applied) await fixture.eventsApplied();
      for (const viewer of others()) {
        if (applied) expect(await seen(viewer)).toMatchObject({ count: 1 });
        expect(await seen(viewer)).toMatchObject({ top: ['from bob'], listed: ['from bob'] });
        expect(await commentById(viewer, id)).toBeNull();
      }
      expect((await seen(author!)).shown).toMatchObject([
        { text: 'from ann', awaitsApproval: true },
        { text: 'from bob', awaitsApproval: false },
      ]);
    }
    expect(await codes(bob!, 'likeComment', { commentId: id })).toEqual(['COMMENT_NOT_FOUND input.commentId']);
    expect(await reply(bob!, id)).toEqual(['COMMENT_NOT_FOUND input.parentId']);
    expect(await hiddenInEvents(id)).toEqual([true]);
    const commented = `{ commentedPosts(authorId: "${globalId('User', author!)}", commenterId: "${globalId('User', ann!)}") {
      edges { node { id } } } }`;
    const postsSeenBy = async (viewer: bigint | null) =>
      (await fixture.graph.ask<{ commentedPosts: { edges: object[] } }>('engagement', viewer, commented)).commentedPosts
        .edges.length;
    expect(await Promise.all([author!, ann!, bob!, null].map(postsSeenBy))).toEqual([1, 1, 0, 0]);
  });

  test('looks to its author as if everybody saw it', async () => {
    const other = await fixture.world.publish(bob!);
    const write = async (on: bigint) => {
      const input = { postId: globalId('Post', on), text: 'hello' };
      const { comment } = await fixture.act(
        ann!,
        'createComment',
        input,
        `comment { ${COMMENT} post { commentCount topComments { text } } }`,
      );
      const parentId = (comment as Shown).id;
      const fields = 'comment { text parent { replyCount } post { commentCount } }';
      const answered = await fixture.act(ann!, 'createComment', { ...input, parentId }, fields);
      const edited = await fixture.act(
        ann!,
        'updateComment',
        { commentId: parentId, text: 'changed' },
        'comment { text post { commentCount } }',
      );
      const liked = await fixture.act(ann!, 'likeComment', { commentId: parentId }, 'comment { viewerHasLiked }');
      const look = async () => {
        const { count, top, listed } = await (async () => {
          const fields = `commentCount topComments { text } comments { edges { node { text } } }`;
          const post = (await fixture.post<Seen>(ann!, on, fields))!;
          return {
            count: post.commentCount,
            top: post.topComments.map(({ text }) => text),
            listed: post.comments.edges.map(({ node }) => node.text),
          };
        })();
        const found = (await commentById(ann!, parentId))!;
        return { count, top, listed, ...found, id: '', replies: null };
      };
      const before = await look();
      await fixture.eventsApplied();
      const after = await look();
      return { comment: { ...(comment as Shown), id: '' }, answered, edited, liked, before, after };
    };
    const [restricted, usual] = [await write(postId), await write(other)];
    expect(restricted).toEqual(usual);
    expect(restricted.after).toMatchObject({ count: 2, top: ['changed'], listed: ['changed'], replyCount: 1 });
    expect(restricted.after).toMatchObject({ awaitsApproval: false });
  });

  test('is seen and counted by everybody once it is approved, and its events say so', async () => {
    const id = await fixture.comment(ann!, postId, 'from ann');
    const approve = (who: bigint, commentId = id) => codes(who, 'approveComment', { commentId });
    await fixture.eventsApplied();
    expect(await approve(bob!)).toEqual(['COMMENT_NOT_FOUND input.commentId']);
    expect(await approve(ann!)).toEqual(['COMMENT_NOT_OWNED input.commentId']);
    expect(await approve(author!, globalId('Comment', 12n))).toEqual(['COMMENT_NOT_FOUND input.commentId']);
    for (let time = 0; time < 2; time += 1) expect(await approve(author!)).toEqual([]);
    // It may be counted at this very moment, but not twice.
    expect((await seen(ann!)).count).toBeLessThanOrEqual(1);
    await fixture.eventsApplied();
    for (const viewer of [author!, ann!, bob!, null]) {
      expect(await seen(viewer)).toMatchObject({ count: 1, top: ['from ann'], listed: ['from ann'] });
    }
    expect((await seen(author!)).shown).toMatchObject([{ awaitsApproval: false }]);
    expect(await hiddenInEvents(id)).toEqual([true, false]);
    expect(await fixture.counts(postId)).toMatchObject({ comments: 1, commentRows: 1 });
  });

  test('waits again if its author edits it, also if it is from before the restriction', async () => {
    await fixture.world.unrestrict(author!, ann!);
    const old = await fixture.comment(ann!, postId, 'old');
    await fixture.eventsApplied();
    await fixture.world.restrict(author!, ann!);
    const edit = (text: string) => codes(ann!, 'updateComment', { commentId: old, text });
    expect(await seen(bob!)).toMatchObject({ count: 1, listed: ['old'] });
    expect(await edit('edited')).toEqual([]);
    expect(await seen(ann!)).toMatchObject({ count: 1, listed: ['edited'] });
    await fixture.eventsApplied();
    expect(await seen(bob!)).toMatchObject({ count: 0, listed: [] });
    expect(await seen(ann!)).toMatchObject({ count: 1, listed: ['edited'] });
    const editedAt = await editedAtOf(old);
    expect(await codes(author!, 'approveComment', { commentId: old, editedAt })).toEqual([]);
    expect(await edit('edited again')).toEqual([]);
    await fixture.eventsApplied();
    expect(await seen(bob!)).toMatchObject({ count: 0, listed: [] });
  });

  test('is not approved with a text that the author of the post has not read', async () => {
    const id = await fixture.comment(ann!, postId, 'kind');
    const edit = (text: string) => codes(ann!, 'updateComment', { commentId: id, text });
    const approve = (editedAt?: string) =>
      codes(author!, 'approveComment', { commentId: id, ...(editedAt && { editedAt }) });
    const refused = ['COMMENT_EDITED input.editedAt'];
    expect(await edit('unkind')).toEqual([]);
    expect(await approve()).toEqual(refused);
    const first = await editedAtOf(id);
    // Edits within the same millisecond have different times, too.
    for (const text of ['worse', 'worst']) expect(await edit(text)).toEqual([]);
    expect(await approve(first)).toEqual(refused);
    expect(await approve('2026-11-30T00:00:00.000Z')).toEqual(refused);
    expect(await commentById(bob!, id)).toBeNull();
    expect(await approve(await editedAtOf(id))).toEqual([]);
    expect(await commentById(bob!, id)).toMatchObject({ text: 'worst' });
    expect(await approve(first)).toEqual([]);
  });

  test('has to be approved before the author of the post answers or pins it, or shows a reply to it', async () => {
    const id = await fixture.comment(ann!, postId, 'from ann');
    const answer = await fixture.comment(ann!, postId, 'and more', id);
    expect(await reply(author!, id)).toEqual(['COMMENT_NOT_APPROVED input.parentId']);
    const refused = ['COMMENT_NOT_APPROVED input.commentId'];
    expect(await codes(author!, 'pinComment', { commentId: id })).toEqual(refused);
    expect(await codes(author!, 'approveComment', { commentId: answer })).toEqual(refused);
    for (const commentId of [id, answer]) expect(await codes(author!, 'approveComment', { commentId })).toEqual([]);
    expect(await reply(author!, id)).toEqual([]);
    expect(await codes(author!, 'pinComment', { commentId: id })).toEqual([]);
    await fixture.eventsApplied();
    expect(await seen(bob!)).toMatchObject({ count: 3, listed: ['from ann'] });
  });

  test('keeps waiting after the restriction is lifted, and so do replies to it; new ones do not', async () => {
    const id = await fixture.comment(ann!, postId, 'from ann');
    await fixture.world.unrestrict(author!, ann!);
    const answer = await fixture.comment(ann!, postId, 'and more', id);
    await fixture.comment(ann!, postId, 'new');
    await fixture.eventsApplied();
    expect(await seen(bob!)).toMatchObject({ count: 1, listed: ['new'] });
    expect(await commentById(bob!, answer)).toBeNull();
    expect(await seen(ann!)).toMatchObject({ count: 3, listed: ['new', 'from ann'] });
  });

  test('is not shown to the author of the post if it contains a filtered word', async () => {
    await fixture.act(author!, 'updateCommentFilter', { words: ['spam'] });
    const id = await fixture.comment(ann!, postId, 'spam');
    expect(await commentById(author!, id)).toBeNull();
    expect(await codes(author!, 'approveComment', { commentId: id })).toEqual(['COMMENT_NOT_FOUND input.commentId']);
    expect(await commentById(ann!, id)).toMatchObject({ text: 'spam' });
  });

  test('can be deleted by both', async () => {
    for (const who of [author!, ann!]) {
      const id = await fixture.comment(ann!, postId, 'from ann');
      expect(await codes(bob!, 'deleteComment', { commentId: id })).toEqual(['COMMENT_NOT_FOUND input.commentId']);
      expect(await codes(who, 'deleteComment', { commentId: id })).toEqual([]);
      expect(await seen(ann!)).toMatchObject({ count: 0, listed: [] });
    }
  });
});

test('comments of the person elsewhere, and of others on the post, are not affected', async () => {
  const elsewhere = await fixture.world.publish(bob!);
  const id = await fixture.comment(ann!, elsewhere, 'elsewhere');
  expect(await commentById(null, id)).toMatchObject({ text: 'elsewhere' });
  const own = await fixture.comment(author!, await fixture.world.publish(ann!), 'the author on a post of ann');
  expect(await commentById(null, own)).toMatchObject({ awaitsApproval: false });
});

test('counts of own comments read an index, however many others are hidden', async () => {
  const { pool } = fixture.environment.database;
  await fill(
    pool,
    `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, is_hidden)
      SELECT 1 + n % 5, n, 1, 1000 + n % 5000, 'text', true FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'engagement.comment');
  const nodes = await explain(pool, UNCOUNTED_COMMENTS, [[1n, 2n, 3n], 1007n]);
  expect(nodes.join()).toMatch(/Index/);
  expect(nodes).not.toContain('Seq Scan');
});
