import { describe, expect, test } from 'vitest';
import { decideRefresh, hashFamily, newRefreshToken, nextRefreshToken } from './token.rules.ts';
import { hashToken } from './token-hash.rules.ts';

const SECRET = 'the secret of this test and of nothing else';

describe('refresh tokens', () => {
  test('of a session have one family, and those of two sessions have two', () => {
    const first = newRefreshToken();
    const third = nextRefreshToken(nextRefreshToken(first, SECRET), SECRET);
    expect(hashFamily(third)).toEqual(hashFamily(first));
    expect(hashFamily(newRefreshToken())).not.toEqual(hashFamily(first));
  });

  test('follow from each other only with the secret', () => {
    const token = newRefreshToken();
    expect(nextRefreshToken(token, SECRET)).toBe(nextRefreshToken(token, SECRET));
    expect(nextRefreshToken(token, SECRET)).not.toBe(nextRefreshToken(token, `${SECRET}!`));
  });

  test('from before families are a family of their own, and keep it', () => {
    const old = 'CmJhPPnQeUzRgJ3Q2v7Yw0xVbHn1sT8kLd4fAo5iE6c';
    expect(hashFamily(old)).toEqual(hashToken(old));
    expect(hashFamily(nextRefreshToken(old, SECRET))).toEqual(hashFamily(old));
  });

  test('are not repeated when the secret has changed since', () => {
    const [token, rotatedAt] = [newRefreshToken(), new Date(0)];
    const state = {
      refreshHash: hashToken(nextRefreshToken(token, SECRET)),
      previousHash: hashToken(token),
      rotatedAt,
      expiresAt: new Date(1e9),
      isLive: true,
    };
    const decide = (secret: string) =>
      decideRefresh(state, hashToken(token), hashToken(nextRefreshToken(token, secret)), new Date(1000));
    expect(decide(SECRET)).toBe('REPEAT');
    expect(decide('another secret')).toBe('REFUSED');
  });
});
