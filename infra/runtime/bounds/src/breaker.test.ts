import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';

test('opens after three failures in a row, and allows one call a second until one is answered', () => {
  let now = 0;
  const breaker = createBreaker({ now: () => now });
  for (let count = 0; count < 3; count++) {
    expect(breaker.allows('comments')).toBe(true);
    breaker.failed('comments');
  }
  expect(breaker.allows('comments')).toBe(false);
  expect(breaker.allows('likes')).toBe(true);
  now = 1000;
  expect([breaker.allows('comments'), breaker.allows('comments')]).toEqual([true, false]);
  breaker.failed('comments');
  now = 1999;
  expect(breaker.allows('comments')).toBe(false);
  now = 2000;
  expect(breaker.allows('comments')).toBe(true);
  breaker.succeeded('comments');
  expect([breaker.allows('comments'), breaker.allows('comments')]).toEqual([true, true]);
});

test('stays closed while some calls are answered', () => {
  const breaker = createBreaker({ now: () => 0 });
  for (let count = 0; count < 10; count++) {
    breaker.failed('likes');
    breaker.failed('likes');
    breaker.succeeded('likes');
  }
  expect(breaker.allows('likes')).toBe(true);
});

test('can be opened at once, and reports each change once', () => {
  const changes: boolean[] = [];
  const breaker = createBreaker({ onChange: (isOpen) => changes.push(isOpen), now: () => 0 });
  breaker.open('search');
  breaker.failed('search');
  expect(breaker.allows('search')).toBe(false);
  breaker.succeeded('search');
  breaker.succeeded('search');
  expect(changes).toEqual([true, false]);
});
