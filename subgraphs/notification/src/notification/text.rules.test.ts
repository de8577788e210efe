import { expect, test } from 'vitest';
import { textOf } from './text.rules.ts';

test.each([
  [['anna'], 1, 'anna liked your photo'],
  [['anna', 'bob'], 2, 'anna and bob liked your photo'],
  [['anna', 'bob', 'cleo'], 3, 'anna, bob and cleo liked your photo'],
  [['anna', 'bob', 'cleo'], 4, 'anna, bob and 2 others liked your photo'],
  [['anna', 'bob', 'cleo'], 5, 'anna, bob and 3 others liked your photo'],
  [['anna'], 2, 'anna and 1 other liked your photo'],
  [['anna', 'bob'], 3, 'anna, bob and 1 other liked your photo'],
  [[], 1, 'someone liked your photo'],
  [[], 7, '7 people liked your photo'],
])('%j of %i: %s', (names, count, text) => {
  expect(textOf('LIKE_POST', names, count)).toBe(text);
});

test('says what was done', () => {
  expect(textOf('FOLLOW_REQUEST', ['anna'], 1)).toBe('anna asked to follow you');
  expect(textOf('MENTION', ['anna'], 1)).toBe('anna mentioned you in a comment');
  expect(textOf('POST_FAILED', ['anna'], 1)).toBe('your photo could not be published');
  expect(textOf('MENTION', ['anna'], 1, false)).toBe('anna mentioned you in a photo');
});
