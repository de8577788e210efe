import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LANGUAGE, findLanguage, LANGUAGES, languageOf } from './language.rules.ts';
import { negotiateLanguage } from './negotiation.rules.ts';

/** Klingon and Volapük stand for languages that the platform does not have. */
describe('the language of a client', () => {
  test.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-ch', 'de'],
    ['de-Latn-DE-1996', 'de'],
    ['en-US,en;q=0.9,de;q=0.8', 'en'],
    ['en;q=0.1, de;q=0.5', 'de'],
    ['de ; q=0.3 , en ; q=0.5', 'en'],
    ['tlh-Latn-US, de;q=0.2', 'de'],
    ['tlh, vo', 'en'],
    ['de;q=0, tlh', 'en'],
    ['de;q=nonsense, en', 'en'],
    ['*', 'en'],
    ['tlh, *;q=0.5', 'en'],
    ['i-klingon, de', 'de'],
    ['', 'en'],
    [undefined, 'en'],
  ])('that sends %j is %s', (header, language) => {
    expect(negotiateLanguage(header)).toBe(language);
  });

  test.each([
    ['a header without end', `de${',de'.repeat(5000)}`],
    ['commas only', ','.repeat(15_000)],
    ['one endless tag', `de${'-aaaaaaaa'.repeat(1500)}`],
    ['names of properties', '__proto__, constructor, toString'],
    ['what would be a header', 'de\r\nset-cookie: a=b'],
  ])('that sends %s is the default', (_, header) => {
    expect(negotiateLanguage(header)).toBe(DEFAULT_LANGUAGE);
  });

  test('is always one of ours', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('de', 'en-GB', 'x', '*', ';q=', '0.5', ',', '-', ' '));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(LANGUAGES).toContain(negotiateLanguage(parts.join('')));
      }),
    );
  });
});

test('a tag is looked up by its beginning', () => {
  expect(['de', 'de-CH', 'de-x-own', 'EN-gb', 'en-u-hc-h12', 'deu'].map(findLanguage)).toEqual([
    'de',
    'de',
    'de',
    'en',
    'en',
    'de',
  ]);
  expect(['tlh', 'd', 'german', '', '*', 'de_DE', 'de,en', 'und'].map(findLanguage)).toEqual(
    Array.from({ length: 8 }, () => null),
  );
});

test('a stored language that the platform has no longer becomes the closest one, or the default', () => {
  expect(languageOf('de-CH')).toBe('de');
  expect(languageOf('tlh-US')).toBe('en');
  expect(languageOf('')).toBe('en');
  expect(languageOf(undefined)).toBe('en');
});
