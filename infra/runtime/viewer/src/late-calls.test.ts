import { expect, test } from 'vitest';
import { createLateCalls } from './late-calls.ts';

test('a call that is late three times in a row is tried once a second, until it is answered', () => {
  let now = 0;
  const calls = createLateCalls({ now: () => now });
  for (let count = 0; count < 3; count++) {
    expect(calls.allows('comments')).toBe(true);
    calls.late('comments');
  }
  expect(calls.allows('comments')).toBe(false);
  expect(calls.allows('likes')).toBe(true);
  now = 1000;
  expect([calls.allows('comments'), calls.allows('comments')]).toEqual([true, false]);
  calls.late('comments');
  now = 1999;
  expect(calls.allows('comments')).toBe(false);
  now = 2000;
  expect(calls.allows('comments')).toBe(true);
  calls.answered('comments');
  expect([calls.allows('comments'), calls.allows('comments')]).toEqual([true, true]);
});

test('a call that is answered now and then is not held back', () => {
  const calls = createLateCalls({ now: () => 0 });
  for (let count = 0; count < 10; count++) {
    calls.late('likes');
    calls.late('likes');
    calls.answered('likes');
  }
  expect(calls.allows('likes')).toBe(true);
});
