import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CATALOGS, DEFAULT_LANGUAGE, LANGUAGES } from './language.rules.ts';
import { argumentsOf } from './messages.rules.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const KEYS = Object.keys(CATALOGS[DEFAULT_LANGUAGE].messages);
const messagesOf = (language: (typeof LANGUAGES)[number]) => Object.entries(CATALOGS[language].messages);

/** The arguments of every message that are a part of its text. */
const shownIn = (language: (typeof LANGUAGES)[number]) =>
  Object.fromEntries(
    messagesOf(language).map(([key, message]) => [
      key,
      argumentsOf(message)
        .filter(({ isShown }) => isShown)
        .map(({ name, type }) => `${name}: ${type}`),
    ]),
  );

describe.each(LANGUAGES)('the messages in %s', (language) => {
  test('are in a file of their language, and there are no other files', () => {
    const files = globSync('messages/*.json', { cwd: import.meta.dirname }).sort();
    expect(files).toEqual(LANGUAGES.map((tag) => `messages/${tag}.json`).sort());
    expect(Intl.getCanonicalLocales(language)).toEqual([language]);
  });

  test('have the same keys in the same order, sorted', () => {
    expect(messagesOf(language).map(([key]) => key)).toEqual(KEYS);
    expect(KEYS).toEqual(KEYS.toSorted());
  });

  test('show the same arguments', () => {
    expect(shownIn(language)).toEqual(shownIn(DEFAULT_LANGUAGE));
  });

  test('have a text for every plural category of the language, and for no other', () => {
    const { locale } = CATALOGS[language];
    const wrong = messagesOf(language).flatMap(([key, message]) =>
      argumentsOf(message).flatMap(({ name, plural }) =>
        plural.flatMap(({ cases, rules }) => {
          const { pluralCategories } = new Intl.PluralRules(locale, rules && { type: rules }).resolvedOptions();
          const given = cases.filter((one) => !one.startsWith('=')).sort();
          return given.join() === pluralCategories.toSorted().join() ? [] : [`${key} {${name}}: ${given}`];
        }),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('are tidy', () => {
    const untidy = messagesOf(language).filter(
      ([, message]) => message.trim() !== message || message === '' || /[ \t]{2}|"|\.\.\.| \n|\n{3}/.test(message),
    );
    expect(untidy).toEqual([]);
  });
});

test('every message is used, and every key in a call is one', () => {
  const sources = globSync(['gateway/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'infra/runtime/*/src/**/*.ts'], {
    cwd: ROOT,
    exclude: (path) => path.includes('/generated/') || path.endsWith('.test.ts'),
  }).map((path) => readFileSync(`${ROOT}${path}`, 'utf8'));
  const roots = new Set(KEYS.map((key) => key.slice(0, key.indexOf('.'))));
  const written = sources.flatMap((source) =>
    [...source.matchAll(/'([A-Za-z]+)\.[\w.:]+'|`([A-Za-z]+)\.[^`\n]+`/g)]
      .filter(([, plain, template]) => roots.has(plain ?? template!))
      .map(([quoted]) => quoted.slice(1, -1)),
  );
  // A template stands for all keys of its form.
  const forms = written.map(
    (text) =>
      new RegExp(
        `^${text
          .split(/\$\{[^}]*\}/)
          .map(RegExp.escape)
          .join('[^.]+')}$`,
      ),
  );
  expect(KEYS.filter((key) => !forms.some((form) => form.test(key)))).toEqual([]);
});

describe('the arguments of a message', () => {
  test('are found wherever they are', () => {
    expect(
      argumentsOf("{a, plural, =0 {none} other {# of {b}}} {c, date, moment} '{d}' {e, select, x {y} other {}}"),
    ).toEqual([
      { name: 'a', type: 'number', isShown: true, plural: [{ cases: ['=0', 'other'], rules: 'cardinal' }] },
      { name: 'b', type: 'string', isShown: true, plural: [] },
      { name: 'c', type: 'Date', isShown: true, plural: [] },
      { name: 'e', type: 'string', isShown: false, plural: [] },
    ]);
  });

  test('have one type each', () => {
    expect(() => argumentsOf('{a} {a, number}')).toThrow('{a} is string and number.');
    expect(() => argumentsOf('{a')).toThrow();
  });
});
