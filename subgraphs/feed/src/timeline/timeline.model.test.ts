import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryOfMember, memberOf, memberOfPull, pullOfMember } from './timeline.keys.ts';
import { mergeNewest } from './timeline.model.ts';

test('two lists become one, in which a post of both is there as in the first', () => {
  const entry = fc.record({ publishedMs: fc.bigInt({ min: 1n, max: 4n }), postId: fc.bigInt({ min: 1n, max: 6n }) });
  const list = fc
    .uniqueArray(entry, { selector: ({ postId }) => postId })
    .map((entries) => entries.map((one) => ({ ...one, publishedMs: 1n + (one.postId % 3n) })))
    .map((entries) => entries.toSorted((a, b) => Number(b.publishedMs - a.publishedMs) || Number(b.postId - a.postId)));
  fc.assert(
    fc.property(list, list, (first, second) => {
      const tagged = second.map((one) => ({ ...one, by: 1n, hashtag: 'sea' }));
      const ids = new Set(first.map((one) => one.postId));
      const right = [...first, ...tagged.filter((one) => !ids.has(one.postId))].toSorted(
        (a, b) => Number(b.publishedMs - a.publishedMs) || Number(b.postId - a.postId),
      );
      expect(mergeNewest(first, tagged)).toEqual(right);
    }),
  );
});

test.each([{ postId: 7n }, { postId: 7n, sharedPostId: 2n ** 63n - 1n }, { postId: 2n ** 63n - 1n, by: 8n }])(
  'what is in a timeline is read as it was put there: %o',
  (key) => {
    expect(entryOfMember(memberOf(key))).toEqual(key);
  },
);

test('a hashtag that brought an entry stands behind it', () => {
  expect(entryOfMember(`${memberOf({ postId: 7n, by: 8n })}#日本`)).toEqual({ postId: 7n, by: 8n, hashtag: '日本' });
});

test.each([{ author: 7n }, { hashtag: 'tag_é' }])('what is merged in is read as it was put there: %o', (pull) => {
  expect(pullOfMember(memberOfPull(pull))).toEqual(pull);
});
