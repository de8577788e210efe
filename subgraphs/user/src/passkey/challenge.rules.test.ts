import { expect, test } from 'vitest';
import { CHALLENGE_MS, type ChallengeUse, newChallenge, readChallenge } from './challenge.rules.ts';

const SECRET = 'a secret of at least 32 characters';
const NOW = 1_800_000_000_000;
const USES: readonly ChallengeUse[] = [
  { purpose: 'LOG_IN' },
  { purpose: 'CONFIRM', userId: 1n, sessionId: '2' },
  { purpose: 'CONFIRM', userId: 1n, sessionId: '3' },
  { purpose: 'CONFIRM', userId: 12n, sessionId: '' },
  { purpose: 'ADD', userId: 1n, sessionId: '2', passwordHash: 'one' },
  { purpose: 'ADD', userId: 1n, sessionId: '2', passwordHash: 'other' },
];
const made = (use: ChallengeUse) => Buffer.from(newChallenge(use, SECRET, NOW)).toString('base64url');
const read = (text: string, use: ChallengeUse, { secret = SECRET, now = NOW } = {}) =>
  readChallenge(text, use, secret, now);

test('a challenge is good for what it was made for, and for nothing else', () => {
  for (const use of USES) {
    const text = made(use);
    for (const other of USES)
      expect(read(text, other) !== null, JSON.stringify([use.purpose, other.purpose])).toBe(use === other);
    expect(read(text, use, { secret: `${SECRET}.` })).toBeNull();
  }
});

test('a challenge lasts five minutes', () => {
  const text = made({ purpose: 'LOG_IN' });
  expect(read(text, { purpose: 'LOG_IN' }, { now: NOW + CHALLENGE_MS - 1 })).toMatchObject({
    expiresAt: new Date(NOW + CHALLENGE_MS),
  });
  expect(read(text, { purpose: 'LOG_IN' }, { now: NOW + CHALLENGE_MS })).toBeNull();
});

test('a challenge with any bit changed, cut or made longer is none', () => {
  const bytes = newChallenge({ purpose: 'LOG_IN' }, SECRET, NOW);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(read(changed.toString('base64url'), { purpose: 'LOG_IN' })).toBeNull();
  }
  for (const text of ['', '%', made({ purpose: 'LOG_IN' }).slice(1), `${made({ purpose: 'LOG_IN' })}AAAA`]) {
    expect(read(text, { purpose: 'LOG_IN' })).toBeNull();
  }
});

test('no two challenges have the same nonce', () => {
  const nonces = Array.from({ length: 100 }, () => {
    return Buffer.from(read(made({ purpose: 'LOG_IN' }), { purpose: 'LOG_IN' })!.nonce).toString('hex');
  });
  expect(new Set(nonces).size).toBe(nonces.length);
});
