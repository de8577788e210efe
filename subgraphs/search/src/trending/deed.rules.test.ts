import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { EPOCH_MS } from '@tintype/ids';
import { expect, test } from 'vitest';
import { deedsOf, groupDeeds } from './deed.rules.ts';

const event = (type: string, data: object) => ({ type: `tintype.${type}.v1`, data }) as EventEnvelope;
const likeId = String((60_000n << 22n) + 5n);
const word = { likeId, liked: true, userId: '2', postId: '7', commentId: null, authorId: '1', targetAuthorId: '1' };

test('likes of posts, comments, shares and publications are deeds, and nothing else', () => {
  const words = [word, { ...word, liked: false, userId: '3' }, { ...word, commentId: '9', userId: '4' }];
  expect(deedsOf(event('engagement.like.recorded', { changes: words }))).toEqual([
    { postId: 7n, actorId: 2n, atMs: EPOCH_MS + 60_000, isPublication: false },
  ]);
  const deed = { postId: '7', authorId: '1', userId: '2', createdMs: 5 };
  const comment = { ...deed, commentId: '9', parentId: null, parentAuthorId: null, mentionedIds: [], isHidden: false };
  expect(deedsOf(event('engagement.comment.created', comment))).toHaveLength(1);
  expect(deedsOf(event('engagement.share.created', { ...deed, shareId: '9' }))).toHaveLength(1);
  expect(deedsOf(event('engagement.comment.deleted', comment))).toEqual([]);
  const published = { postId: '7', authorId: '1', publishedMs: 5 };
  expect(deedsOf(event('post.post.published', published))).toEqual([
    { postId: 7n, actorId: 1n, atMs: 5, isPublication: true },
  ]);
});

test.each([
  event('engagement.like.recorded', {}),
  event('engagement.comment.created', { postId: 'x', userId: '2', createdMs: 5 }),
])('what is no event is given up', (wrong) => {
  expect(() => deedsOf(wrong)).toThrow(UnprocessableEventError);
});

test('people count once for a key and bucket, authors not for their own posts, and nobody for posts that are not for all', () => {
  const posts = new Map([[7n, { postId: 7n, authorId: 1n, hashtags: ['fog', 'sea'], publishedMs: 0n }]]);
  const deed = (actorId: bigint, atMs: number, postId = 7n) => ({ postId, actorId, atMs, isPublication: false });
  const groups = groupDeeds(
    [{ ...deed(1n, 1), isPublication: true }, deed(1n, 2), deed(2n, 3), deed(2n, 4), deed(3n, 5, 8n)],
    posts,
  );
  const shown = groups.map(({ kind, key, baseOf, window, actors, authorIds }) => ({
    what: `${kind} ${key} ${baseOf} ${window}`,
    actors: [...actors],
    authors: [...authorIds],
  }));
  expect(shown).toContainEqual({
    what: 'hashtag fog fog HOUR',
    actors: [
      [1n, 1],
      [2n, 3],
    ],
    authors: [1n],
  });
  expect(shown).toContainEqual({ what: 'post 7:1 1 DAY', actors: [[2n, 3]], authors: [] });
  expect(shown).toHaveLength(6);
});
