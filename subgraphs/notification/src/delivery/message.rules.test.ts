import { expect, test } from 'vitest';
import { mailOfNotes, pushesOf } from './message.rules.ts';

const notes = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: BigInt(n + 1),
    line: `line ${n + 1}`,
    url: `https://x.example/${n + 1}`,
  }));

test('three are told one by one, four together', () => {
  expect(pushesOf(notes(3), 'https://x.example')).toHaveLength(3);
  expect(pushesOf(notes(3), 'https://x.example')[0]).toEqual({
    ids: [1n],
    message: { tag: 'n1', lines: ['line 1'], more: 0, url: 'https://x.example/1' },
  });
  const [one, ...others] = pushesOf(notes(6), 'https://x.example');
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    ids: [1n, 2n, 3n, 4n, 5n, 6n],
    message: { tag: 'several', more: 2, url: 'https://x.example' },
  });
});

test('tags are what push services take as a topic', () => {
  const [long] = pushesOf([{ id: 2n ** 63n - 1n, line: '', url: '' }], '');
  expect(long!.message.tag).toMatch(/^[\w-]{1,32}$/);
});

test('a mail has twenty lines', () => {
  expect(mailOfNotes(notes(25), '')).toMatchObject({ more: 5 });
  expect(mailOfNotes(notes(1), '').lines).toEqual(['line 1']);
});
