import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { expect, test } from 'vitest';
import { changedPosts } from './on-engagement.consumer.ts';

const anEvent = (name: string, sequence: string, data: object) =>
  ({ type: `tintype.engagement.${name}.v1`, sequence, data }) as EventEnvelope;

test('returns each post once, with the latest event about it', () => {
  const likeChange = { likeId: '20', liked: true, userId: '21', authorId: '22', targetAuthorId: '22' };
  const changes = [
    { ...likeChange, postId: '1', commentId: null },
    { ...likeChange, postId: '2', commentId: '9' },
    { ...likeChange, postId: '3', commentId: null },
  ];
  const people = { authorId: '22', userId: '21' };
  const events = [
    anEvent('like.recorded', '5', { changes }),
    anEvent('comment.deleted', '6', { ...people, commentId: '23', parentId: null, postId: '4' }),
    anEvent('share.deleted', '7', { ...people, shareId: '24', postId: '1', createdMs: 5 }),
    anEvent('save.created', '8', { ...people, postId: '5' }),
  ];
  expect(changedPosts(events)).toEqual([
    { postId: 1n, version: 7n },
    { postId: 3n, version: 5n },
    { postId: 4n, version: 6n },
  ]);
});

test('refuses an event without a post', () => {
  expect(() => changedPosts([anEvent('share.created', '1', {})])).toThrow(UnprocessableEventError);
});
