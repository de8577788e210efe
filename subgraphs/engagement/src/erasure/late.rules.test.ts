import type { EventEnvelope } from '@tintype/events';
import { expect, test } from 'vitest';
import { likedBy, makersOf } from './late.rules.ts';

const anEvent = (type: string, data: object) => ({ type: `tintype.engagement.${type}.v1`, data }) as EventEnvelope;

test('makers are those who like, comment, share or save, and not those who take it back', () => {
  const words = [
    { userId: '1', liked: true },
    { userId: '2', liked: false },
    { userId: '1', liked: true },
  ];
  const events = [
    anEvent('like.recorded', { words }),
    anEvent('comment.created', { userId: '3' }),
    anEvent('comment.edited', { userId: '4' }),
    anEvent('share.deleted', { userId: '5' }),
    anEvent('save.created', { userId: '6' }),
  ];
  expect(makersOf(events)).toEqual([1n, 3n, 6n]);
  expect(likedBy(events, new Set([1n, 2n, 3n]))).toEqual([words[0], words[2]]);
});
