import { expect, test } from 'vitest';
import { checkName } from './save.rules.ts';

const codesOf = (name: string) => {
  const checked = checkName(name);
  return typeof checked === 'string' ? [] : checked.errors.map(({ code }) => code);
};

test.each([
  ['Trips', []],
  ['\u200fטיולים\u200f', []],
  ['👩\u200d👧', []],
  [' \t\n ', ['TEXT_REQUIRED']],
  ['x'.repeat(51), ['TEXT_TOO_LONG']],
  ['👩'.repeat(50), []],
  ['a\nb', ['TEXT_INVALID']],
  ['a\rb', ['TEXT_INVALID']],
  ['a\tb', ['TEXT_INVALID']],
  ['a\u2028b', ['TEXT_INVALID']],
  ['a\u2029b', ['TEXT_INVALID']],
  ['a\u202eb', ['TEXT_INVALID']],
])('the collection name %j has the faults %j', (name, codes) => {
  expect(codesOf(name)).toEqual(codes);
});
