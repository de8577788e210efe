import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { expect, test } from 'vitest';
import { changedPosts } from './on-engagement.consumer.ts';

const anEvent = (name: string, sequence: string, data: object) =>
  ({ type: `tintype.engagement.${name}.v1`, sequence, data }) as EventEnvelope;

test('posts are named once, with the last event that tells of them', () => {
  const words = [
    { postId: '1', commentId: null },
    { postId: '2', commentId: '9' },
    { postId: '3', commentId: null },
  ];
  const events = [
    anEvent('like.recorded', '5', { words }),
    anEvent('comment.created', '6', { postId: '4' }),
    anEvent('share.deleted', '7', { postId: '1' }),
    anEvent('save.created', '8', { postId: '5' }),
  ];
  expect(changedPosts(events)).toEqual([
    { postId: 1n, version: 7n },
    { postId: 3n, version: 5n },
    { postId: 4n, version: 6n },
  ]);
});

test('an event that names no post is given up', () => {
  expect(() => changedPosts([anEvent('share.created', '1', {})])).toThrow(UnprocessableEventError);
});
