import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { expect, test } from 'vitest';
import { likedBy, makersOf, takeBack } from './late.rules.ts';

const anEvent = (type: string, data: object) =>
  ({ type: `tintype.engagement.${type}.v1`, data }) as ReadEvent<typeof ENGAGEMENT_EVENTS>;

test('makers are those who like, comment, share or save, and not those who take it back', () => {
  const words = [
    { userId: 1n, liked: true },
    { userId: 2n, liked: false },
    { userId: 1n, liked: true },
  ];
  const events = [
    anEvent('like.recorded', { words }),
    anEvent('comment.created', { userId: 3n }),
    anEvent('comment.edited', { userId: 4n }),
    anEvent('share.deleted', { userId: 5n }),
    anEvent('save.created', { userId: 6n }),
  ];
  expect(makersOf(events)).toEqual([1n, 3n, 6n]);
  expect(likedBy(events, new Set([1n, 2n, 3n]))).toEqual([words[0], words[2]]);
});

test('a like is taken back by a later word of the same pair', () => {
  const pair = { userId: 2n, postId: 3n, commentId: null, authorId: 4n, ownerId: 4n };
  const told = { userId: '2', postId: '3', commentId: null, authorId: '4', ownerId: '4' };
  expect(takeBack({ likeId: 1n, liked: true, ...pair }, 9n)).toEqual({ likeId: '9', liked: false, ...told });
});
