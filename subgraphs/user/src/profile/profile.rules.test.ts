import { describe, expect, test } from 'vitest';
import { checkLinks, checkPronouns } from './profile.rules.ts';

const wrong = (outcome: object) =>
  'errors' in outcome
    ? (outcome.errors as { code: string; path: string[] }[]).map((one) => `${one.code} ${one.path.join('.')}`)
    : [];

describe('pronouns', () => {
  test.each(['she', 'they/them', 'er', 'xe/xem/xyrs', 'on', 'ела', 'היא', 'それ', 'ze’s', 'x-y'])(
    'may be %s',
    (one) => {
      expect(checkPronouns([` ${one} `])).toEqual([one.normalize('NFC')]);
    },
  );

  test.each(['', ' ', '/', 'a//b', '<b>', 'she, her', '@anna', 'https://a.b', 'a\nb', 'a\u202eb', 'x'.repeat(21), '1'])(
    'may not be %j',
    (one) => {
      expect(wrong(checkPronouns(['they', one]))).toEqual(['PRONOUN_INVALID input.pronouns.1']);
    },
  );

  test('are up to four, each once', () => {
    expect(checkPronouns(['a', 'b', 'c', 'd'])).toHaveLength(4);
    expect(wrong(checkPronouns(['a', 'b', 'c', 'd', 'e']))).toEqual(['TOO_MANY_PRONOUNS input.pronouns']);
    expect(wrong(checkPronouns(['She', 'she']))).toEqual(['PRONOUN_INVALID input.pronouns.1']);
    expect(checkPronouns([])).toEqual([]);
  });
});

describe('links', () => {
  const link = (url: string, title = 'Prints') => ({ title, url });

  test('are stored with canonical URLs and trimmed titles', () => {
    expect(checkLinks([link(' https://Example.org/A ', ' Prints '), link('https://пример.example')])).toEqual([
      link('https://example.org/A'),
      link('https://xn--e1afmkfd.example/'),
    ]);
  });

  test.each([
    'http://example.org',
    'javascript:alert(1)',
    'https://',
    'example.org',
    'https://bank.example@evil.example',
    `https://example.org/${'x'.repeat(500)}`,
    `https://example.org/${'ü'.repeat(100)}`,
  ])('may not lead to %s', (url) => {
    expect(wrong(checkLinks([link(url)]))).toEqual(['LINK_INVALID input.links.0.url']);
  });

  test.each([
    ['', 'TEXT_REQUIRED'],
    ['a\nb', 'TEXT_INVALID'],
    ['a\u202eb', 'TEXT_INVALID'],
    ['x'.repeat(51), 'TEXT_TOO_LONG'],
  ])('may not have the title %j', (title, code) => {
    expect(wrong(checkLinks([link('https://example.org', title)]))).toEqual([`${code} input.links.0.title`]);
  });

  test('are up to five', () => {
    const links = Array.from({ length: 6 }, () => link('https://example.org'));
    expect(checkLinks(links.slice(1))).toHaveLength(5);
    expect(wrong(checkLinks(links))).toEqual(['TOO_MANY_LINKS input.links']);
  });
});
