import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { newSharedSecret, stepOf } from './code.rules.ts';

const NOW = Date.UTC(2026, 0, 1);
const secret = newSharedSecret();
const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: NOW });
const step = BigInt(NOW / 30_000);

/** All numbering systems that have ten digits. */
const systems = Intl.supportedValuesOf('numberingSystem').filter((numberingSystem) =>
  /^\p{Nd}{10}$/u.test(new Intl.NumberFormat('en', { numberingSystem, useGrouping: false }).format(1234567890)),
);

test('codes are read in the digits of every script', () => {
  expect(systems).toEqual(expect.arrayContaining(['arab', 'deva', 'fullwide', 'latn', 'mathmono', 'thai']));
  for (const numberingSystem of systems) {
    const digits = new Intl.NumberFormat('en', { numberingSystem });
    const typed = [...code].map((digit) => digits.format(Number(digit))).join('');
    expect([numberingSystem, stepOf(secret, typed, NOW)]).toEqual([numberingSystem, step]);
  }
});

test('codes are read as apps show them and keyboards complete them', () => {
  const [first, second] = [code.slice(0, 3), code.slice(3)];
  for (const typed of [` ${code}\n`, `${first} ${second}`, `${first}-${second}`, `${first}\u00a0${second}\u200e`])
    expect(stepOf(secret, typed, NOW)).toBe(step);
});

test('nothing else is a code', () => {
  const texts = ['', code.slice(1), `${code}0`, `${code.slice(0, 5)}x`, '½'.repeat(6), '一二三四五六', `+${code}`];
  for (const text of texts) expect(stepOf(secret, text, NOW)).toBeNull();
});
