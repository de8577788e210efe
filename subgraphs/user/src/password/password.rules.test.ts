import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasPasswordForm, personalWords, withoutPersonal } from './password.rules.ts';

const ANNA = { username: 'anna.meier', email: 'a.meier90@photo-club.example', displayName: 'Änna Meier' };

describe('the form of a password', () => {
  test.each(['correct horse', 'ünïcödé wörds', '😀😎🦊🐙😀😎🦊🐙😀😎'])('%s has it', (password) =>
    expect(hasPasswordForm(password)).toBe(true),
  );
  test.each(['short', 'aaaaaaaaaaaa', 'ab3$'.repeat(40), ''])('%j has not', (password) =>
    expect(hasPasswordForm(password)).toBe(false),
  );
});

describe('what is known of a person', () => {
  test.each([
    ['anna.meier', ''],
    ['ANNAMEIER12', '12'],
    ['anna_meier_1', '_1'],
    ['@nn4-m3!er', ''],
    ['reiem.anna1', '1'],
    ['Ａｎｎａ　Ｍｅｉｅｒ', ' '],
    ['photo-club-2026', '-2026'],
    ['a.meier90!', '!'],
    ['green Anna Meier fields', 'green  fields'],
  ])('%s leaves %j', (password, rest) => {
    expect(withoutPersonal(password, personalWords(ANNA)).trim()).toBe(rest.trim());
  });

  test('is taken out of a password wherever it stands, and leaves other passwords as they are', () => {
    const word = fc.stringMatching(/^[bcdfg]{4,12}$/);
    const other = fc.stringMatching(/^[uvwxyz]{0,12}$/);
    fc.assert(
      fc.property(word, other, other, fc.boolean(), (username, before, after, backwards) => {
        const words = personalWords({ username, email: `${username}@uuu.example`, displayName: '' });
        const name = backwards ? [...username].reverse().join('') : username;
        expect(withoutPersonal(`${before}${name.toUpperCase()}${after}`, words)).toBe(`${before}${after}`);
        expect(withoutPersonal(`${before}${after}`, words)).toBe(`${before}${after}`);
      }),
    );
  });
});
