import { describe, expect, test } from 'vitest';
import { checkEmail, checkText, checkUsername, uniqueForm } from './account.rules.ts';

describe('usernames', () => {
  test.each(['a', 'anna.b', 'Anna_1990', '0', 'a'.repeat(30)])('%s is one', (name) => {
    expect(checkUsername(name)).toBeNull();
  });
  test.each(['', '.a', 'a.', 'a..b', 'a b', 'é', 'a-b', 'a'.repeat(31), 'a\n'])('%j is none', (name) => {
    expect(checkUsername(name)?.code).toBe('USERNAME_INVALID');
  });
  test('ours are taken in any case', () => {
    expect(checkUsername('Admin')?.code).toBe('USERNAME_TAKEN');
  });
  test('are one in every case and width', () => {
    expect(uniqueForm('ANNA')).toBe(uniqueForm('anna'));
    expect(uniqueForm('ａｎｎａ')).toBe('anna');
    expect(uniqueForm('a\0b')).not.toContain('\0');
  });
});

describe('e-mail addresses', () => {
  test.each(['a@b.de', 'first.last+tag@sub.example.org', "o'brien@xn--bcher-kva.example", 'käthe@bücher.example'])(
    '%s is one',
    (email) => expect(checkEmail(email)).toBeNull(),
  );
  test.each(['', 'a', 'a@b', '@b.de', 'a@b..de', 'a b@c.de', 'a\0b@c.de', `${'a'.repeat(250)}@b.de`])(
    '%j is none',
    (email) => {
      expect(checkEmail(email)?.code).toBe('EMAIL_INVALID');
    },
  );
  test.each([
    'victim@example.org,c.org',
    'victim@example.org;c.org',
    'victim@example.org>,c.org',
    'x@<b>.org',
    'x@example.org"c.d',
    'x@[127.0.0.1]',
    'x@127.0.0.1',
    'x@-b.org',
    'x@b-.org',
    `x@${'b'.repeat(64)}.org`,
    'x＠example.org',
    'ｘ@example.org',
    'mar\u212a@example.org',
  ])('%s is none, because a mail would go elsewhere, or nowhere', (email) => {
    expect(checkEmail(email)?.code).toBe('EMAIL_INVALID');
  });
});

describe('texts', () => {
  test('are counted in characters that people see typed, after normalisation', () => {
    expect(checkText('displayName', '😀'.repeat(50))).toBeNull();
    expect(checkText('displayName', '😀'.repeat(51))?.code).toBe('TEXT_TOO_LONG');
    expect(checkText('displayName', 'e\u0301'.repeat(50))).toBeNull();
  });
  test('have no control characters, and names no line breaks', () => {
    expect(checkText('bio', 'a\u0000b')?.code).toBe('TEXT_INVALID');
    expect(checkText('bio', 'a\u202eb')?.code).toBe('TEXT_INVALID');
    expect(checkText('bio', 'two\nlines')).toBeNull();
    expect(checkText('displayName', 'two\nlines')?.code).toBe('TEXT_INVALID');
  });
});
