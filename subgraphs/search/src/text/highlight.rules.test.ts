import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findHashtags } from '@tintype/text';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashtagFields, postFields, userFields } from './fields.rules.ts';
import { highlight } from './highlight.rules.ts';
import { parseQuery } from './query.rules.ts';
import { RANKS, rankOf } from './rank.rules.ts';

// If available, names in their local spelling are beside the repository.
const SHARED = process.env.TINTYPE_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const FORENAMES = `${SHARED}/names/common-forenames-by-country.csv`;
const isHere = existsSync(FORENAMES);

/** Letters for names, by script. Each script has some letters with variants. */
const SCRIPTS = {
  Latin: 'abcdeéøßñIİıłæ',
  Greek: 'αβγδέςσώ',
  Cyrillic: 'абвгдёйі',
  Arabic: 'ابتثجيىیكکهةأإآؤئ',
  Hebrew: 'אבגדךםןל',
  Devanagari: 'कखगघचािीु',
  Thai: 'กขคงจฉชาีุ',
  Han: '山田太郎北京胡同林',
  Kana: 'あいうアイウがガっッーﾊ',
  Hangul: '김하윤커피아이스민준',
} as const;

const name = fc.constantFrom(...Object.values(SCRIPTS)).chain((letters) => {
  const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 6 });
  return fc.tuple(word, word);
});

/** The ways in which people type a name of two parts. */
function waysToType([one, other]: readonly [string, string]): string[] {
  const orders = [`${one} ${other}`, `${other} ${one}`, `${one}${other}`, `${other}${one}`];
  const spaced = orders.flatMap((text) => [text, `${text} `, `  ${text}`]);
  return spaced.flatMap((text) => [text, text.normalize('NFD'), text.normalize('NFKC'), text.toUpperCase()]);
}

function expectFound(displayName: string, typed: string): void {
  const query = parseQuery(typed);
  if (query.words.length === 0) return;
  expect(rankOf(userFields({ username: 'x', displayName }), query), `${typed} for ${displayName}`).toBeLessThan(
    RANKS.typo,
  );
}

describe('a person of two names', () => {
  test('is found in any order, with and without a space between, whichever way each letter is written', () => {
    fc.assert(
      fc.property(name, ([one, other]) => {
        for (const written of [`${one} ${other}`, `${one}・${other}`, `${one}${other}`]) {
          for (const typed of waysToType([one, other])) {
            // In scripts with spaces, the boundary within a joined word is unknown.
            const isJoined = written === `${one}${other}` && !/^[山-龥ぁ-ヿｦ-ﾟ가-힣ก-๛]+$/u.test(written);
            if (!isJoined) expectFound(written, typed);
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test.runIf(isHere)(
    'is found by either name, for names of every country',
    () => {
      const lines = readFileSync(FORENAMES, 'utf8').trim().split('\n').slice(1);
      const names = [...new Set(lines.map((line) => line.trim().split(',').at(-2)!))].filter((one) =>
        /\p{L}/u.test(one),
      );
      expect(names.length).toBeGreaterThan(1000);
      for (const [index, one] of names.entries()) {
        const other = names[(index * 7919 + 1) % names.length]!;
        for (const typed of [one, `${one} `, `${other} ${one}`, `${one} ${other}`, one.toUpperCase()]) {
          expectFound(`${one} ${other}`, typed);
        }
      }
    },
    60_000,
  );
});

describe('a hashtag', () => {
  const expectFindable = (text: string) => {
    for (const { key, name: written } of findHashtags(text)) {
      for (const typed of [`#${written}`, `#${key}`, `#${key} `]) {
        const query = parseQuery(typed);
        expect(query.words, typed).not.toEqual([]);
        expect(rankOf(hashtagFields({ id: key }), query), typed).toBeLessThanOrEqual(RANKS.sameName);
        expect(highlight(key, query, { isHandle: true }), typed).not.toEqual([]);
      }
      const post = postFields({ caption: text, hashtags: [key] });
      expect(rankOf(post, parseQuery(`${key} `)), `a post with #${key}`).toBe(RANKS.words);
    }
  };

  test('of any one letter or sign can be found by its own text', () => {
    for (let code = 0; code <= 0x1fbff; code++) {
      const letter = String.fromCodePoint(code);
      // A sample of tens of thousands that behave the same.
      if (/[\p{Script=Han}\p{Script=Hangul}\p{Script=Tangut}\p{Script=Cuneiform}]/u.test(letter) && code % 64 > 0)
        continue;
      expectFindable(`#${letter}`);
    }
  }, 60_000);

  test('of any letters and signs can be found by its own text', () => {
    const sign = fc.oneof(
      fc.constantFrom(
        ...'ab1_·ー・ß',
        '\u200c',
        '\u200d',
        '\ufe0f',
        '\u20e3',
        '🇮',
        '🇸',
        '🏴',
        '\u{e0067}',
        '\u{e007f}',
        '👩🏽',
        '❤️',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1, maxLength: 6 }), (signs) => expectFindable(`#${signs.join('')}`)),
      { numRuns: 500 },
    );
  }, 60_000);
});
