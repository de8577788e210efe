import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { expect, test } from 'vitest';
import { toChange } from './on-post-changed.consumer.ts';

function anEvent(verb: string, data: object): EventEnvelope {
  return {
    specversion: '1.0',
    id: '1',
    source: '/tintype/post',
    type: `tintype.post.post.${verb}.v1`,
    subject: '7',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: '42',
    data,
  };
}

test('takes what is published and what is deleted, with its version', () => {
  const data = { postId: '7', authorId: '8', publishedMs: 1000 };
  const change = { postId: 7n, authorId: 8n, publishedMs: 1000n, version: 42n, occurredAt: new Date('2026-01-01') };
  const hashtags = ['sea', 'fog'];
  expect(toChange(anEvent('published', { ...data, hashtags }))).toEqual({ ...change, deleted: false, hashtags });
  expect(toChange(anEvent('deleted', data))).toEqual({ ...change, deleted: true, hashtags: [] });
});

test('takes events from before there were hashtags', () => {
  const data = { postId: '7', authorId: '8', publishedMs: 1000 };
  expect(toChange(anEvent('published', data))?.hashtags).toEqual([]);
});

test('leaves out what was never visible', () => {
  expect(toChange(anEvent('created', { postId: '7', authorId: '8' }))).toBeNull();
  expect(toChange(anEvent('deleted', { postId: '7', authorId: '8', publishedMs: null }))).toBeNull();
});

test.each([
  { postId: '7', authorId: '8' },
  { postId: 'x', authorId: '8', publishedMs: 1 },
  { authorId: '8', publishedMs: 1 },
  { postId: '7', authorId: '0', publishedMs: 1 },
  { postId: '7', authorId: '8', publishedMs: 0.5 },
  { postId: '7', authorId: '8', publishedMs: 1, hashtags: 'sea' },
])('gives up %j at once', (data) => {
  expect(() => toChange(anEvent('published', data))).toThrow(UnprocessableEventError);
});
