import { growthOf } from '@tintype/testing/growth';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deletesOf, deletesOfTyped } from '#postgres/symspell-deletes.rules.ts';
import { editDistance } from './edit-distance.rules.ts';
import { foldText } from './fold.rules.ts';
import { highlight } from './highlight.rules.ts';
import { parseQuery } from './query.rules.ts';
import { allowedEdits, indexWordsOf } from './tokens.rules.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('foldText', () => {
  test.each([
    ['Élan', 'elan'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['Ødegård', 'odegard'],
    ['ŁÓDŹ', 'lodz'],
    ['İSTANBUL ısparta', 'istanbul isparta'],
    ['Straße', 'strasse'],
    ['ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['ﬁeld', 'field'],
    ['Ёлка', 'елка'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['がぎぐ', 'がぎぐ'],
    ['한국', '한국'],
    ['नीला', 'नीला'],
    ['a\u202eb\u200dc\u0000', 'abc'],
    ["O'Neill’s", "o'neill's"],
    ['Oʻahu ʼAlī ﾘﾎﾞﾝ', "o'ahu 'ali りぼん"],
    ['Jean‑Pierre', 'jean-pierre'],
    ['کتابِ یحیی', 'كتاب يحيي'],
    ['مدرسة أحمد إلى آدم', 'مدرسه احمد الي ادم'],
    ['محمـــد', 'محمد'],
    ['٢٠٢٦ ۲۰۲۶ २०२६ ２０２６', '2026 2026 2026 2026'],
    ['カタカナ ヴィヷ', 'かたかな ゔぃわ\u3099'],
  ])('%s is %s', (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  test('changes nothing when it is done again, and forgets case and composition', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        expect(foldText(text.normalize('NFD'))).toBe(folded);
      }),
      { numRuns: 3000 },
    );
  });
});

test('the words of any part of a run are words of the run', () => {
  for (const text of ['東京タワー写真部', 'ภาพถ่ายทะเล', '아이스커피전문점']) {
    const run = [...text];
    const all = new Set(indexWordsOf(text));
    for (let start = 0; start < run.length; start++) {
      for (let end = start + 1; end <= run.length; end++) {
        for (const part of [run.slice(start, end).join(''), `${run.slice(start, end).join('')} `]) {
          const terms = parseQuery(part).words.flatMap((asked) => asked.terms);
          expect([...all]).toEqual(expect.arrayContaining(terms));
        }
      }
    }
  }
});

test('a run without spaces has all its words, however long it is', () => {
  const long = '海'.repeat(70);
  expect(indexWordsOf(`${long}夕焼け`)).toEqual(expect.arrayContaining(['夕焼', '焼け']));
  expect(indexWordsOf('x'.repeat(100))).toEqual(['x'.repeat(60)]);
});

describe('typos', () => {
  const word = fc.stringMatching(/^[abcé]{3,12}$/);
  const letter = fc.constantFrom('a', 'b', 'c', 'x');
  const edit = fc.tuple(fc.constantFrom('insert', 'delete', 'replace', 'swap'), fc.nat(), letter);
  const edited = (text: string, edits: readonly [string, number, string][]) =>
    edits.reduce((before, [kind, place, other]) => {
      const at = place % before.length;
      if (kind === 'insert') return before.slice(0, at) + other + before.slice(at);
      if (kind === 'delete') return before.slice(0, at) + before.slice(at + 1);
      if (kind === 'replace') return before.slice(0, at) + other + before.slice(at + 1);
      return before.slice(0, at) + (before[at + 1] ?? '') + before[at]! + before.slice(at + 2);
    }, text);

  test('deletes miss no word within its edits, nor the beginning of one', () => {
    fc.assert(
      fc.property(
        word,
        fc.array(edit, { minLength: 1, maxLength: 2 }),
        fc.string({ maxLength: 6 }),
        (typed, edits, rest) => {
          const allowed = allowedEdits(typed);
          if (allowed === 0) return;
          const meant = edited(typed, edits.slice(0, allowed));
          const others = deletesOfTyped(typed, allowed);
          for (const whole of [meant, meant + rest.replace(/\W/g, 'b')]) {
            if (editDistance(typed, whole, allowed, true) > allowed || [...whole].length < 3) continue;
            const deletes = new Set(deletesOf(whole));
            expect(
              others.some((one) => deletes.has(one)),
              `${typed} ${whole}`,
            ).toBe(true);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['abcd', 'abcd', 0],
    ['abcd', 'abdc', 1],
    ['abcd', 'acbe', 2],
    ['abcd', 'abcde', 1],
    ['abcd', 'wxyz', 3],
  ])('%s is %s within %i', (typed, other, distance) => {
    expect(editDistance(typed, other, 2)).toBe(distance);
  });

  test('a beginning counts as far as it is typed', () => {
    expect(editDistance('phptog', 'photographer', 2, true)).toBe(1);
    expect(editDistance('phptog', 'photographer', 2)).toBe(3);
  });
});

describe('highlight', () => {
  const marked = (text: string, query: string, isHandle = false) =>
    highlight(text, parseQuery(query), { isHandle }).map(({ start, end }) => text.slice(start, end));

  test.each([
    ['Golden hour at the harbour', 'harbour gold', ['Gold', 'harbour']],
    ['Golden hour at the harbour', 'harbuor', ['harbour']],
    ['Café Crème', 'creme cafe', ['Café', 'Crème']],
    ['Cafe\u0301 au lait', 'café', ['Cafe\u0301']],
    ['夕焼けの海', '焼け', ['焼け']],
    ['Straßenbahn', 'strass', ['Straß']],
    ['æ海', 'a', ['æ']],
    ['L’Œuvre et L’Été', 'oeuvre', ['Œuvre']],
    ['L’Œuvre et L’Été', 'loeuvre ete', ['L’Œuvre', 'Été']],
    ['می\u200cخواهم', 'میخواهم', ['می\u200cخواهم']],
    ['아이스커피', '커피', ['커피']],
    ['한국 여행', '한구', ['한국']],
    ['한국 여행', 'ㅇㅎ', ['여행']],
    ['한국여행', '한국여ㅎ', ['한국여행']],
    ['하늘과 한국', '한', ['하늘', '한']],
    ['ليل القاهرة', 'قاهرة', ['قاهرة']],
    ['قاهرة المعز', 'القاهرة', ['قاهرة']],
    ['山田 太郎', '太郎 山田', ['山田', '太郎']],
    ['love 🇮🇸🇳🇴', '🇳🇴', ['🇳🇴']],
    ['nothing here', 'harbour', []],
  ])('in %s, %s is %j', (text, query, expected) => {
    expect(marked(text, query)).toEqual(expected);
  });

  test('handles fit across their dots', () => {
    expect(marked('maren.lund', '@marenl', true)).toEqual(['maren.l']);
    expect(marked('maren.lund', 'lund', true)).toEqual(['lund']);
  });

  test.each(['海', 'é', 'ก', '가'])(
    'takes time in proportion to the text, also where all of it is %s and fits',
    (letter) => {
      const run = letter.repeat(2199);
      const query = parseQuery(letter.repeat(2));
      expect(marked(`${run}海`, letter.repeat(2))).toEqual([{ 海: `${run}海`, ก: run, 가: run }[letter] ?? 'éé']);
      expect(growthOf((length) => highlight(`${letter.repeat(length)}海`, query), 270)).toBeLessThan(24);
    },
  );

  test('takes time in proportion to the text, also where all of it is one emoji', () => {
    const query = parseQuery('👩');
    expect(growthOf((length) => highlight('👩‍'.repeat(length), query), 90)).toBeLessThan(24);
  });

  test('lies within the text, whatever it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, query) => {
        for (const { start, end } of highlight(text, parseQuery(query))) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['our trip 👩‍❤️‍💋‍👨 home', '👩‍❤️‍💋‍👨', ['👩‍❤️‍💋‍👨']],
    ['👨‍👩‍👧‍👦 and 👨‍👩‍👧', '👧', ['👨‍👩‍👧‍👦', '👨‍👩‍👧']],
    ['ผลไม้กับน้ำ', 'น้', ['น้ำ']],
  ])('in %j, %s fits whole graphemes', (text, query, expected) => {
    expect(marked(text, query)).toEqual(expected);
  });

  test('cuts no grapheme, whatever the text is', () => {
    const joined = fc.string({ unit: fc.constantFrom(...'👩‍❤️👨👧🏽กำे्षहि e\u0301한하🇰🇷🇮'), maxLength: 20 });
    fc.assert(
      fc.property(joined, fc.boolean(), fc.nat(20), fc.nat(5), (text, isHandle, at, length) => {
        const boundaries = new Set([...new Intl.Segmenter().segment(text)].map(({ index }) => index)).add(text.length);
        for (const { start, end } of highlight(text, parseQuery(text.slice(at, at + length)), { isHandle })) {
          expect([boundaries.has(start), boundaries.has(end)]).toEqual([true, true]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
