import { expect, test } from 'vitest';
import type { Entry } from '#timeline/timeline.model.ts';
import { addEntries, type Item, isOlder } from './item.rules.ts';

const post = (postId: bigint, publishedMs: bigint): Entry => ({ postId, publishedMs });
const share = (postId: bigint, sharedPostId: bigint, publishedMs: bigint): Entry => ({
  postId,
  sharedPostId,
  publishedMs,
});

test('a post is listed once, at its newest entry, with everyone who shared it', () => {
  const items = new Map<bigint, Item>();
  addEntries(items, [share(30n, 1n, 9n), post(2n, 8n), share(20n, 1n, 7n)], 2);
  addEntries(items, [post(3n, 6n), post(1n, 5n), share(10n, 2n, 4n)], 2);
  expect([...items.values()]).toEqual([
    { entry: share(30n, 1n, 9n), shareIds: [30n, 20n] },
    { entry: post(2n, 8n), shareIds: [10n] },
  ]);
});

test('entries of one millisecond are ordered by their ids', () => {
  expect(isOlder(post(1n, 5n), post(2n, 5n))).toBe(true);
  expect(isOlder(post(2n, 5n), post(2n, 5n))).toBe(false);
  expect(isOlder(post(1n, 6n), post(2n, 5n))).toBe(false);
});
