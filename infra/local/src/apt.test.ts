import { expect, test } from 'vitest';
import { percentOf } from './apt.ts';

test.each([
  ['dlstatus:1:50.0000:Retrieving file 1 of 2', 25],
  ['pmstatus:redis-server:0.0000:Installing redis-server (amd64)', 50],
  ['pmstatus:dpkg-exec:100.0000:Running dpkg', 100],
  ['Setting up redis-server (5:7.0.15) ...', null],
])('reads the progress of apt: %s', (line, percent) => {
  expect(percentOf(line)).toBe(percent);
});
