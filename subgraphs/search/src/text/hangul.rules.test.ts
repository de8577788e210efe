import fc from 'fast-check';
import { expect, test } from 'vitest';
import { userFields } from './fields.rules.ts';
import { keystrokesOf, typedLength, typedWordsOf } from './hangul.rules.ts';
import { highlight } from './highlight.rules.ts';
import { parseQuery } from './query.rules.ts';
import { RANKS, rankOf } from './rank.rules.ts';

const syllables = (most: number) =>
  fc
    .array(fc.integer({ min: 0xac00, max: 0xd7a3 }), { minLength: 1, maxLength: most })
    .map((codes) => String.fromCodePoint(...codes));

test.each([
  ['한국', 'ㅎㅏㄴㄱㅜㄱ'],
  ['닭', 'ㄷㅏㄹㄱ'],
  ['의왕', 'ㅇㅡㅣㅇㅗㅏㅇ'],
  ['까치', 'ㄲㅏㅊㅣ'],
  ['힣', 'ㅎㅣㅎ'],
])('%s is typed as %s', (text, keystrokes) => {
  expect(keystrokesOf(text)).toBe(keystrokes);
});

test('keystrokes are those of the decomposed letters, in Unicode’s order', () => {
  for (let code = 0xac00; code <= 0xd7a3; code++) {
    const syllable = String.fromCodePoint(code);
    const letters = [...syllable.normalize('NFD')].map(keystrokesOf);
    expect(letters.join(''), syllable).toBe(keystrokesOf(syllable));
  }
});

test('words are found by their keystrokes and initials from any syllable on', () => {
  expect(typedWordsOf('한국어')).toEqual(['ㅎㅏㄴㄱㅜㄱㅇㅓ', 'ㅎㄱㅇ', 'ㄱㅜㄱㅇㅓ', 'ㄱㅇ', 'ㅇㅓ']);
  expect(typedLength('한국어', 'ㅎㅏㄴㄱ')).toBe(2);
  expect(typedLength('한국어', 'ㅎㄱ')).toBe(2);
  expect(typedLength('한국어', 'ㄱ')).toBe(0);
});

const SYLLABLES = new Map(
  Array.from({ length: 0xd7a3 - 0xac00 + 1 }, (_, index) => {
    const syllable = String.fromCodePoint(0xac00 + index);
    return [keystrokesOf(syllable), syllable];
  }),
);

/** What a person sees after each keystroke of a word: syllables as a keyboard composes them. */
function statesOf(word: string): string[] {
  const keystrokes = keystrokesOf(word);
  return Array.from(keystrokes, (_, index) => composed(keystrokes.slice(0, index + 1)));
}

const VOWEL = /[ㅏ-ㅣ]/;
/** The finals that a keyboard composes of two consonants. */
const PAIRS = 'ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ'.split(' ');
const FINALS = new Set('ㄱㄲㄴㄷㄹㅁㅂㅅㅆㅇㅈㅊㅋㅌㅍㅎ');

/** A consonant belongs to the syllable before it, until a vowel follows. */
function composed(keystrokes: string): string {
  const parts: { initial: string; vowel: string; final: string }[] = [];
  for (const key of keystrokes) {
    const last = parts.at(-1);
    if (VOWEL.test(key)) {
      if (last && last.vowel !== '' && last.final !== '') {
        const initial = last.final.at(-1)!;
        last.final = last.final.slice(0, -1);
        parts.push({ initial, vowel: key, final: '' });
      } else if (last) last.vowel += key;
    } else if (last && last.vowel !== '' && (last.final === '' ? FINALS.has(key) : PAIRS.includes(last.final + key))) {
      last.final += key;
    } else parts.push({ initial: key, vowel: '', final: '' });
  }
  return parts.map(({ initial, vowel, final }) => SYLLABLES.get(initial + vowel + final) ?? initial).join('');
}

test('a name is found after each keystroke, and highlighted', () => {
  const names = fc.array(syllables(4), { minLength: 1, maxLength: 2 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(names, (name) => {
      const fields = userFields({ username: 'someone', displayName: name });
      const before = name.split(' ').slice(0, -1);
      for (const state of statesOf(name.split(' ').at(-1)!)) {
        const query = parseQuery([...before, state].join(' '));
        expect(rankOf(fields, query), state).toBeLessThan(RANKS.typo);
        expect(highlight(name, query), state).not.toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});
