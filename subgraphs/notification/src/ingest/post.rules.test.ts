import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { expect, test } from 'vitest';
import { captionActivities, captionOf } from './post.rules.ts';

const published = (data: object) => ({ type: 'tintype.post.post.published.v1', data, sequence: '42' }) as EventEnvelope;
const DATA = { postId: '7', authorId: '8', publishedMs: 1000 };

test('mentions each other person once', () => {
  const caption = captionOf(published({ ...DATA, mentionedIds: ['9', '8', '10', '9'] }));
  expect(caption.mentionedIds).toEqual([9n, 10n]);
  expect(captionActivities(caption, [10n])).toMatchObject([
    { recipientId: 10n, key: 'caption:7', kind: 'MENTION', targetId: 7n, actorId: 8n, atMs: 1000n, version: 42n },
  ]);
});

test('reads older events without mentions', () => {
  expect(captionOf(published(DATA)).mentionedIds).toEqual([]);
});

test('rejects mentions that are not ids', () => {
  expect(() => captionOf(published({ ...DATA, mentionedIds: ['x'] }))).toThrow(UnprocessableEventError);
});
