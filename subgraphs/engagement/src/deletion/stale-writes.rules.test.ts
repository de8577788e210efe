import type { ReadEvent } from '@tintype/events';
import type { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { expect, test } from 'vitest';
import { likesBy, peopleWhoEngaged, toUnlike } from './stale-writes.rules.ts';

const anEvent = (type: string, data: object) =>
  ({ type: `tintype.engagement.${type}.v1`, data }) as ReadEvent<typeof ENGAGEMENT_EVENTS>;

test('finds the people who like, comment, share or save, but not those who undo it', () => {
  const changes = [
    { userId: 1n, liked: true },
    { userId: 2n, liked: false },
    { userId: 1n, liked: true },
  ];
  const events = [
    anEvent('like.recorded', { changes }),
    anEvent('comment.created', { userId: 3n }),
    anEvent('comment.edited', { userId: 4n }),
    anEvent('share.deleted', { userId: 5n }),
    anEvent('save.created', { userId: 6n }),
  ];
  expect(peopleWhoEngaged(events)).toEqual([1n, 3n, 6n]);
  expect(likesBy(events, new Set([1n, 2n, 3n]))).toEqual([changes[0], changes[2]]);
});

test('undoes a like with a later change of the same person and target', () => {
  const read = { userId: 2n, postId: 3n, commentId: null, authorId: 4n, targetAuthorId: 4n };
  const published = { userId: '2', postId: '3', commentId: null, authorId: '4', targetAuthorId: '4' };
  expect(toUnlike({ likeId: 1n, liked: true, ...read }, 9n)).toEqual({ likeId: '9', liked: false, ...published });
});
