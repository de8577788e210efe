import { expect, test } from 'vitest';
import { readUnsubscribeToken, unsubscribeTokenOf } from './unsubscribe.rules.ts';

test.each(['NOTIFICATIONS', 'DIGEST'] as const)(
  'a token for %s is read with the secret that made it',
  (subscription) => {
    const token = unsubscribeTokenOf(7n, subscription, 'secret');
    expect(encodeURIComponent(token)).toBe(token);
    expect(readUnsubscribeToken(token, 'secret')).toEqual({ userId: 7n, subscription });
    expect(readUnsubscribeToken(token, 'another secret')).toBeNull();
  },
);

test('a token that was changed in any place is refused', () => {
  const token = unsubscribeTokenOf(71n, 'DIGEST', 'secret');
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'n' ? 'd' : 'n';
    const changed = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
    if (changed !== token) expect(readUnsubscribeToken(changed, 'secret'), changed).toBeNull();
  }
  for (const nonsense of [
    '',
    '.',
    '7.n.',
    `0.n.${'a'.repeat(43)}`,
    `${token}\n`,
    ` ${token}`,
    token.repeat(2),
    '9'.repeat(1e5),
  ])
    expect(readUnsubscribeToken(nonsense, 'secret'), nonsense.slice(0, 50)).toBeNull();
});
