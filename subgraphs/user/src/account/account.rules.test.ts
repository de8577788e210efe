import { describe, expect, test } from 'vitest';
import { checkEmail, checkText, checkUsername, checkWebsite, uniqueForm } from './account.rules.ts';

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
  test.each(['a@b.de', 'first.last+tag@sub.example.org'])('%s is one', (email) => expect(checkEmail(email)).toBeNull());
  test.each(['', 'a', 'a@b', '@b.de', 'a@b..de', 'a b@c.de', 'a\0b@c.de', `${'a'.repeat(250)}@b.de`])(
    '%j is none',
    (email) => {
      expect(checkEmail(email)?.code).toBe('EMAIL_INVALID');
    },
  );
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

describe('websites', () => {
  test.each(['', 'https://example.org/a?b=c', 'http://example.org'])('%j is one', (url) =>
    expect(checkWebsite(url)).toBeNull(),
  );
  test.each(['javascript:alert(1)', 'example.org', 'ftp://example.org', 'https://'])('%j is none', (url) => {
    expect(checkWebsite(url)?.code).toBe('WEBSITE_INVALID');
  });
});
