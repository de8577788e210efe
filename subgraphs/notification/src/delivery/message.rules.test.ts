import { expect, test } from 'vitest';
import { mailMessage, pushMessages } from './message.rules.ts';

const rendered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: BigInt(n + 1),
    line: `line ${n + 1}`,
    url: `https://x.example/${n + 1}`,
  }));

test('sends three one by one and more as one message', () => {
  expect(pushMessages(rendered(3), 'https://x.example', 'en')).toHaveLength(3);
  expect(pushMessages(rendered(3), 'https://x.example', 'en')[0]).toEqual({
    ids: [1n],
    message: { tag: 'n1', language: 'en', lines: ['line 1'], more: 0, url: 'https://x.example/1' },
  });
  const [one, ...others] = pushMessages(rendered(6), 'https://x.example', 'en');
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    ids: [1n, 2n, 3n, 4n, 5n, 6n],
    message: { tag: 'several', more: 2, url: 'https://x.example' },
  });
});

test('makes tags that push services accept as a topic', () => {
  const [long] = pushMessages([{ id: 2n ** 63n - 1n, line: '', url: '' }], '', 'en');
  expect(long!.message.tag).toMatch(/^[\w-]{1,32}$/);
});

test('limits a mail to twenty lines', () => {
  expect(mailMessage(rendered(25), '', 'de')).toMatchObject({ more: 5, language: 'de' });
  expect(mailMessage(rendered(1), '', 'en').lines).toEqual(['line 1']);
});
