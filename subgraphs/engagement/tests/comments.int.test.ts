import { globalId, parseGlobalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
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

type Page = {
  edges: { cursor: string; node: { id: string; text: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
};
const PAGE = 'edges { cursor node { id text } } pageInfo { hasNextPage hasPreviousPage endCursor }';

async function page(viewer: bigint | null, args = 'order: NEWEST'): Promise<Page> {
  const post = await fixture.post<{ comments: Page }>(viewer, postId, `comments(${args}) { ${PAGE} }`);
  return post!.comments;
}
const texts = async (viewer: bigint | null, args?: string) =>
  (await page(viewer, args)).edges.map(({ node }) => node.text);
const codes = async (who: bigint, name: string, input: Record<string, unknown>) =>
  (await fixture.act(who, name, input)).errors.map((error) => error.code);
const replies = async (viewer: bigint, id: string, args = '') => {
  const query = `{ comment(id: "${id}") { replyCount replies${args} { ${PAGE} } } }`;
  const { comment } = await fixture.graph.ask<{ comment: { replyCount: number; replies: Page } | null }>(
    'engagement',
    viewer,
    query,
  );
  return comment;
};
const write = (sql: string, values: unknown[]) => fixture.environment.database.pool.query(sql, values);

describe('a comment', () => {
  test('is counted once in its own response', async () => {
    const counted = (text: string) =>
      fixture.act(
        ann!,
        'createComment',
        { postId: globalId('Post', postId), text },
        'comment { post { commentCount } }',
      );
    expect(await counted('first')).toMatchObject({ comment: { post: { commentCount: 1 } } });
    await fixture.eventsApplied();
    expect(await counted('second')).toMatchObject({ comment: { post: { commentCount: 2 } } });
  });

  test('is visible at once, counted, with its mentions and hashtags', async () => {
    const { username } = fixture.world.people.get(bob!)!;
    const text = `What light! @${username.toUpperCase()} @nobody.at.all #Fog`;
    const fields = 'comment { text hashtags { key } mentions { id } parent { id } isPinned editedAt author { id } }';
    const payload = await fixture.act(ann!, 'createComment', { postId: globalId('Post', postId), text }, fields);
    expect(payload).toEqual({
      comment: {
        text,
        hashtags: [{ key: 'fog' }],
        mentions: [{ id: globalId('User', bob!) }],
        parent: null,
        isPinned: false,
        editedAt: null,
        author: { id: globalId('User', ann!) },
      },
      errors: [],
    });
    expect(await texts(author!)).toEqual([text]);
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ comments: 1, commentRows: 1 });
  });

  test('is refused if it is invalid', async () => {
    const add = (input: object) =>
      codes(ann!, 'createComment', { postId: globalId('Post', postId), text: 'x', ...input });
    expect(await add({ text: '  ' })).toEqual(['TEXT_REQUIRED']);
    expect(await add({ text: 'a'.repeat(10_001) })).toEqual(['TEXT_TOO_LONG']);
    expect(await add({ text: 'a\u0007' })).toEqual(['TEXT_INVALID']);
    expect(await add({ postId: globalId('Post', 12n) })).toEqual(['POST_NOT_FOUND']);
    expect(await add({ parentId: globalId('Comment', 12n) })).toEqual(['COMMENT_NOT_FOUND']);
    const other = await fixture.world.publish(author!);
    const elsewhere = await fixture.comment(ann!, other, 'elsewhere');
    expect(await add({ parentId: elsewhere })).toEqual(['COMMENT_NOT_FOUND']);
    expect(await texts(author!)).toEqual([]);
  });

  test('can be edited by its author for 15 minutes', async () => {
    const commentId = await fixture.comment(ann!, postId, 'first #a');
    const edit = (who: bigint, text: string) =>
      fixture.act(who, 'updateComment', { commentId, text }, 'comment { text hashtags { key } editedAt }');
    expect(await edit(ann!, 'second #b')).toMatchObject({
      comment: { text: 'second #b', hashtags: [{ key: 'b' }], editedAt: expect.anything() },
      errors: [],
    });
    expect((await edit(bob!, 'mine')).errors).toMatchObject([{ code: 'COMMENT_NOT_OWNED' }]);
    await write(`UPDATE engagement.comment SET created_at = now() - interval '16 minutes' WHERE id = $1`, [
      parseGlobalId('Comment', commentId),
    ]);
    expect((await edit(ann!, 'third')).errors).toMatchObject([{ code: 'COMMENT_TOO_OLD' }]);
  });

  test('is deleted by its author or the author of the post, with its replies', async () => {
    const first = await fixture.comment(ann!, postId, 'first');
    const second = await fixture.comment(ann!, postId, 'second');
    for (const text of ['one', 'two', 'three']) await fixture.comment(bob!, postId, text, first);
    await fixture.eventsApplied();
    expect(await fixture.counts(postId)).toMatchObject({ comments: 5, commentRows: 5 });
    expect(await codes(bob!, 'deleteComment', { commentId: first })).toEqual(['COMMENT_NOT_OWNED']);
    for (let time = 0; time < 2; time++) expect(await codes(ann!, 'deleteComment', { commentId: first })).toEqual([]);
    expect(await replies(bob!, first)).toBeNull();
    await eventually(async () => expect(await fixture.counts(postId)).toMatchObject({ comments: 1, commentRows: 1 }));
    expect(await codes(author!, 'deleteComment', { commentId: second })).toEqual([]);
    expect(await codes(author!, 'deleteComment', { commentId: globalId('Comment', 12n) })).toEqual([
      'COMMENT_NOT_FOUND',
    ]);
    await eventually(async () => expect(await fixture.counts(postId)).toMatchObject({ comments: 0, commentRows: 0 }));
  });
});

describe('replies', () => {
  test('are listed under their comment, oldest first, and cannot be replied to', async () => {
    const comment = await fixture.comment(ann!, postId, 'a question');
    const answer = await fixture.comment(bob!, postId, 'an answer', comment);
    await fixture.comment(ann!, postId, 'thanks', comment);
    expect(await texts(ann!)).toEqual(['a question']);
    const first = (await replies(ann!, comment, '(first: 1)'))!.replies;
    expect(first.edges.map(({ node }) => node.text)).toEqual(['an answer']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = (await replies(ann!, comment, `(first: 1, after: "${first.pageInfo.endCursor}")`))!.replies;
    expect(second.edges.map(({ node }) => node.text)).toEqual(['thanks']);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const deeper = { postId: globalId('Post', postId), text: 'deeper', parentId: answer };
    expect(await codes(ann!, 'createComment', deeper)).toEqual(['REPLY_TOO_DEEP']);
    await eventually(async () => expect(await replies(ann!, comment)).toMatchObject({ replyCount: 2 }));
  });
});

describe('lists of comments', () => {
  test('page by time and by likes, pinned ones first, without gaps or repetitions', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await fixture.comment(ann!, postId, `${n}`));
    const likers = await fixture.world.register(3);
    for (const liker of likers) await fixture.act(liker, 'likeComment', { commentId: ids[2] });
    await fixture.act(likers[0]!, 'likeComment', { commentId: ids[4] });
    for (const n of [5, 1]) {
      expect(await codes(author!, 'pinComment', { commentId: ids[n] })).toEqual([]);
    }
    await fixture.eventsApplied();
    const orders = { NEWEST: ['6', '5', '4', '3', '2', '1', '0'], TOP: ['1', '5', '2', '4', '6', '3', '0'] };
    for (const [order, expected] of Object.entries(orders)) {
      for (const first of [1, 2, 3, 7]) {
        const found: string[] = [];
        for (let after = ''; ; ) {
          const part = await page(bob!, `order: ${order}, first: ${first}${after}`);
          found.push(...part.edges.map(({ node }) => node.text));
          if (!part.pageInfo.hasNextPage) break;
          after = `, after: "${part.pageInfo.endCursor}"`;
        }
        expect(found).toEqual(expected);
      }
    }
    const { topComments } = (await fixture.post<{ topComments: object[] }>(bob!, postId, 'topComments { text }'))!;
    expect(topComments).toEqual([{ text: '1' }, { text: '5' }, { text: '2' }]);
  });

  test('refuse cursors of other lists', async () => {
    await fixture.comment(ann!, postId, 'one');
    const { endCursor } = (await page(ann!, 'order: NEWEST')).pageInfo;
    await expect(page(ann!, `order: TOP, after: "${endCursor}"`)).rejects.toThrow(/cursor/);
    await expect(page(ann!, 'order: TOP, first: 101')).rejects.toThrow(/1 to 100/);
  });

  test('leave out people who block the viewer or whom the viewer blocks', async () => {
    await fixture.comment(ann!, postId, 'from ann');
    await fixture.comment(author!, postId, 'from the author');
    await fixture.world.block(ann!, bob!);
    expect(await texts(bob!)).toEqual(['from the author']);
    expect(await texts(ann!)).toEqual(['from the author', 'from ann']);
    expect(await texts(null)).toEqual(['from the author', 'from ann']);
  });

  test('continue after hundreds of hidden ones', async () => {
    await fixture.comment(author!, postId, 'the oldest');
    await fixture.environment.database.pool.query(
      `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, mentioned_ids, hashtags)
       SELECT $1, 9000000000000000000 + n, $2, $3, 'noise', '{}', '{}' FROM generate_series(1, 700) n`,
      [postId, author, ann],
    );
    await fixture.world.block(ann!, bob!);
    const found: string[] = [];
    for (let after = '', pages = 1; ; pages++) {
      const part = await page(bob!, `order: NEWEST, first: 2${after}`);
      found.push(...part.edges.map(({ node }) => node.text));
      if (!part.pageInfo.hasNextPage) break;
      expect(pages).toBeLessThan(5);
      after = `, after: "${part.pageInfo.endCursor}"`;
    }
    expect(found).toEqual(['the oldest']);
  });
});

describe('decisions of the author of a post', () => {
  test('pin up to three comments, but no replies, and nobody else can pin any', async () => {
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push(await fixture.comment(ann!, postId, `${n}`));
    const reply = await fixture.comment(bob!, postId, 'reply', ids[0]);
    expect(await codes(ann!, 'pinComment', { commentId: ids[0] })).toEqual(['COMMENT_NOT_OWNED']);
    expect(await codes(author!, 'pinComment', { commentId: reply })).toEqual(['REPLY_NOT_PINNABLE']);
    const pins = await Promise.all(ids.map((commentId) => codes(author!, 'pinComment', { commentId })));
    expect(pins.flat()).toEqual(['TOO_MANY_PINS']);
    for (const commentId of ids) expect(await codes(author!, 'unpinComment', { commentId })).toEqual([]);
    expect(await codes(author!, 'pinComment', { commentId: ids[3] })).toEqual([]);
  });

  test('comments turned off', async () => {
    const set = (who: bigint, enabled: boolean) =>
      codes(who, 'updatePostCommentSettings', { postId: globalId('Post', postId), commentsEnabled: enabled });
    expect(await set(ann!, false)).toEqual(['POST_NOT_FOUND']);
    expect(await set(author!, false)).toEqual([]);
    expect(await fixture.post(ann!, postId, 'commentsEnabled')).toMatchObject({ commentsEnabled: false });
    expect(await codes(ann!, 'createComment', { postId: globalId('Post', postId), text: 'x' })).toEqual([
      'COMMENTS_DISABLED',
    ]);
    expect(await set(author!, true)).toEqual([]);
    expect(await codes(ann!, 'createComment', { postId: globalId('Post', postId), text: 'x' })).toEqual([]);
  });

  test('words that hide comments from everyone but their authors', async () => {
    const filter = await fixture.act(
      author!,
      'updateCommentFilter',
      { words: ['Spam', 'buy now', '바보ㅋㅋ'] },
      'filter { words }',
    );
    const words = ['Spam', 'buy now', '바보ㅋㅋ'];
    expect(filter).toEqual({ filter: { words }, errors: [] });
    expect(await fixture.graph.ask('engagement', author!, '{ commentFilter { words } }')).toEqual({
      commentFilter: { words },
    });
    await fixture.comment(ann!, postId, 'SPAM, buy it');
    const edited = await fixture.comment(ann!, postId, 'fine at first');
    await fixture.comment(author!, postId, 'no spam please');
    await fixture.eventsApplied();
    expect(await texts(bob!)).toEqual(['no spam please', 'fine at first']);
    expect(await fixture.counts(postId)).toMatchObject({ comments: 2, commentRows: 2 });
    await fixture.act(ann!, 'updateComment', { commentId: edited, text: 'buy now!' });
    await fixture.eventsApplied();
    expect(await texts(bob!)).toEqual(['no spam please']);
    expect(await texts(ann!)).toEqual(['no spam please', 'buy now!', 'SPAM, buy it']);
    expect(await fixture.counts(postId)).toMatchObject({ comments: 1, commentRows: 1 });
    expect(await codes(author!, 'updateCommentFilter', { words: [''] })).toEqual(['TEXT_REQUIRED']);
  });
});
