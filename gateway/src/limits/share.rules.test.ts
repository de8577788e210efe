import { expect, test } from 'vitest';
import { viewerBucket } from './bucket.keys.ts';
import { sharesOf, takesOf } from './share.rules.ts';

const person = { userId: 42n, sessionId: '1' };
const app = (sessionId: string) => ({ userId: 42n, sessionId, scopes: ['read'] });
const rate = { perSecond: 50, burst: 201 };

test('all sessions of a person share a bucket', () => {
  expect(takesOf(person, 3, { bucket: viewerBucket, rate })).toEqual([{ bucket: 'viewer:42', rate, tokens: 3 }]);
  expect(sharesOf({ ...person, sessionId: '2' })).toEqual(sharesOf(person));
});

test('an app has half of that for itself, and all apps of the person share as much as the person has', () => {
  expect(takesOf(app('7'), 3, { bucket: viewerBucket, rate })).toEqual([
    { bucket: 'viewer:42:app:7', rate: { perSecond: 25, burst: 101 }, tokens: 3 },
    { bucket: 'viewer:42:apps', rate, tokens: 3 },
  ]);
  const names = [person, app('7'), app('8')].map((viewer) => sharesOf(viewer).map(({ name }) => name));
  expect(new Set(names.flat()).size).toBe(4);
});
