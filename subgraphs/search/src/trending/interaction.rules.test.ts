import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { EPOCH_MS } from '@tintype/ids';
import { expect, test } from 'vitest';
import { groupInteractions, interactionsOf } from './interaction.rules.ts';

const event = (type: string, data: object) => ({ type: `tintype.${type}.v1`, data }) as EventEnvelope;
const likeId = String((60_000n << 22n) + 5n);
const word = { likeId, liked: true, userId: '2', postId: '7', commentId: null, authorId: '1', targetAuthorId: '1' };

test('likes of posts, comments that are not hidden, shares and publications are interactions, and nothing else', () => {
  const words = [word, { ...word, liked: false, userId: '3' }, { ...word, commentId: '9', userId: '4' }];
  expect(interactionsOf(event('engagement.like.recorded', { changes: words }))).toEqual([
    { postId: 7n, actorId: 2n, atMs: EPOCH_MS + 60_000, isPublication: false },
  ]);
  const interaction = { postId: '7', authorId: '1', userId: '2', createdMs: 5 };
  const comment = {
    ...interaction,
    commentId: '9',
    parentId: null,
    parentAuthorId: null,
    mentionedIds: [],
    isHidden: false,
  };
  expect(interactionsOf(event('engagement.comment.created', comment))).toHaveLength(1);
  expect(interactionsOf(event('engagement.comment.created', { ...comment, isHidden: true }))).toEqual([]);
  expect(interactionsOf(event('engagement.share.created', { ...interaction, shareId: '9' }))).toHaveLength(1);
  expect(interactionsOf(event('engagement.comment.deleted', comment))).toEqual([]);
  const published = { postId: '7', authorId: '1', publishedMs: 5 };
  expect(interactionsOf(event('post.post.published', published))).toEqual([
    { postId: 7n, actorId: 1n, atMs: 5, isPublication: true },
  ]);
  expect(interactionsOf(event('post.post.published', { ...published, audience: 'CLOSE_FRIENDS' }))).toEqual([]);
});

test.each([
  event('engagement.like.recorded', {}),
  event('engagement.comment.created', { postId: 'x', userId: '2', createdMs: 5 }),
])('what is no event is given up', (wrong) => {
  expect(() => interactionsOf(wrong)).toThrow(UnprocessableEventError);
});

test('people count once for a key and bucket, authors not for their own posts, and nobody for posts that are not for all', () => {
  const posts = new Map([[7n, { postId: 7n, authorId: 1n, hashtags: ['fog', 'sea'], publishedMs: 0n }]]);
  const interaction = (actorId: bigint, atMs: number, postId = 7n) => ({ postId, actorId, atMs, isPublication: false });
  const groups = groupInteractions(
    [
      { ...interaction(1n, 1), isPublication: true },
      interaction(1n, 2),
      interaction(2n, 3),
      interaction(2n, 4),
      interaction(3n, 5, 8n),
    ],
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
