import { describe, expect, test } from 'vitest';
import { htmlAttributes, isolate } from './direction.rules.ts';
import { CATALOGS, LANGUAGES, type MessageKey } from './language.rules.ts';
import { argumentsOf } from './messages.rules.ts';
import { textsIn } from './texts.ts';

const AT = new Date('2026-11-30T09:05:00Z');
const [en, de] = [textsIn('en'), textsIn('de')];

test('dates, lists and numbers follow the language', () => {
  expect(en.text('dataExportIndex.publishedAt', { at: AT })).toBe('30 November 2026 at 09:05 UTC');
  expect(de.text('dataExportIndex.publishedAt', { at: AT })).toBe('30. November 2026 um 09:05 UTC');
  expect(en.list(['anna', 'bob', 'cleo'])).toBe('anna, bob and cleo');
  expect(de.list(['anna', 'bob', 'cleo'])).toBe('anna, bob und cleo');
  expect(en.text('notificationMail.subject', { count: 12_345 })).toBe('12,345 notifications');
  expect(de.text('notificationMail.subject', { count: 12_345 })).toBe('12.345 Benachrichtigungen');
});

test.each([
  [0, '0 likes', 'Gefällt noch niemandem'],
  [1, '1 like', 'Gefällt einer Person'],
  [2, '2 likes', 'Gefällt 2 Personen'],
  [21, '21 likes', 'Gefällt 21 Personen'],
])('plurals of %i', (count, english, german) => {
  expect(en.text('sharePage.likes', { count })).toBe(english);
  expect(de.text('sharePage.likes', { count })).toBe(german);
});

test('the page of a post names its author', () => {
  expect(de.text('sharePage.title', { name: 'Anna' })).toBe('Anna auf Tintype');
});

test('values are text, whatever they look like', () => {
  const name = "{count} '{x}' <b> # |";
  expect(en.text('sharePage.title', { name })).toBe(`${name} on Tintype`);
});

describe('a name in another direction', () => {
  test('is isolated from the text around it', () => {
    expect(en.text('sharePage.title', { name: 'דנה' })).toBe('\u2068דנה\u2069 on Tintype');
    expect(en.list(['anna', 'علي'])).toBe('anna and \u2068علي\u2069');
    expect(isolate('a\u200fb', 'en')).toBe('\u2068a\u200fb\u2069');
  });

  test('is isolated in every text of a language that is written from right to left', () => {
    expect(isolate('anna', 'ar')).toBe('\u2068anna\u2069');
    expect(htmlAttributes('ar')).toBe('lang="ar" dir="rtl"');
  });

  test('is left as it is if it is written like the text', () => {
    for (const name of ['anna', 'Ärne', 'ела', '花子', '한나', '👩‍🚀', '1.2']) expect(isolate(name, 'en')).toBe(name);
    expect(de.htmlAttributes).toBe('lang="de" dir="ltr"');
  });
});

test.each(LANGUAGES)('every message in %s can be written', (language) => {
  const samples = { string: 'anna', number: 3, Date: AT };
  for (const key of Object.keys(CATALOGS[language].messages) as MessageKey[]) {
    const given = argumentsOf(CATALOGS[language].messages[key]).map(({ name, type }) => [name, samples[type]]);
    // The types of the arguments differ from key to key, and those of the samples follow the message itself.
    const write = textsIn(language).text as (key: MessageKey, values: object) => string;
    expect(write(key, Object.fromEntries(given)), key).not.toMatch(/[{}#]|undefined/);
  }
});
