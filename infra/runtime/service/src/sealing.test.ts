import { expect, test } from 'vitest';
import { seal, unseal } from './sealing.ts';

const SECRET = 'a secret of at least 32 characters';
const TEXT = 'what is sealed: ü 🦊';

test('a text opens with its secret and purpose, and with no other', () => {
  const sealed = seal(TEXT, SECRET, 'signing keys');
  expect(unseal(sealed, SECRET, 'signing keys')).toBe(TEXT);
  expect(unseal(sealed, `${SECRET}!`, 'signing keys')).toBeNull();
  expect(unseal(sealed, SECRET, 'second factors')).toBeNull();
});

test('a text that was changed anywhere does not open', () => {
  const sealed = seal(TEXT, SECRET, 'a purpose');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(unseal(changed, SECRET, 'a purpose')).toBeNull();
  }
  expect(unseal(sealed.subarray(0, -1), SECRET, 'a purpose')).toBeNull();
});

test('the same text is sealed to other bytes each time, and is not in them', () => {
  const all = Array.from({ length: 100 }, () => seal(TEXT, SECRET, 'a purpose').toString('latin1'));
  expect(new Set(all.map((sealed) => sealed.slice(0, 12))).size).toBe(100);
  expect(all.filter((sealed) => sealed.includes('sealed'))).toEqual([]);
});

test.each([0, 11, 12, 16, 27, 28])('%i bytes, which nobody sealed, do not open', (length) => {
  expect(unseal(Buffer.alloc(length), SECRET, 'a purpose')).toBeNull();
});
