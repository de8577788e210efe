import { expect, test } from 'vitest';
import { notificationText } from './text.rules.ts';

test.each([
  [['anna'], 1, 'anna liked your photo.'],
  [['anna', 'bob'], 2, 'anna and bob liked your photo.'],
  [['anna', 'bob', 'cleo'], 3, 'anna, bob and cleo liked your photo.'],
  [['anna', 'bob', 'cleo'], 4, 'anna, bob and 2 others liked your photo.'],
  [['anna', 'bob', 'cleo'], 5, 'anna, bob and 3 others liked your photo.'],
  [['anna'], 2, 'anna and 1 other liked your photo.'],
  [['anna', 'bob'], 3, 'anna, bob and 1 other liked your photo.'],
  [[], 1, 'Someone liked your photo.'],
  [[], 7, '7 people liked your photo.'],
])('names %j of %i people: %s', (names, count, text) => {
  expect(notificationText('POST_LIKE', names, count)).toBe(text);
});

test('describes each kind of interaction', () => {
  expect(notificationText('FOLLOW_REQUEST', ['anna'], 1)).toBe('anna asked to follow you.');
  expect(notificationText('MENTION', ['anna'], 1)).toBe('anna mentioned you in a comment.');
  expect(notificationText('POST_FAILED', ['anna'], 1)).toBe('Your photo could not be published.');
  expect(notificationText('MENTION', ['anna'], 1, false)).toBe('anna mentioned you in a photo.');
});
