import { extractHashtags, hashtagKey } from '@tintype/text';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handleOf } from './fields.rules.ts';
import { foldText } from './fold.rules.ts';

/** All characters that make a hashtag after a letter, by their folded form in search. */
const classes = new Map<string, string[]>();
for (let code = 0x21; code <= 0x323af; code++) {
  const letter = String.fromCodePoint(code);
  if (/\p{Cn}|\p{Co}|\p{Cs}/u.test(letter) || extractHashtags(`#a${letter}`)[0] !== hashtagKey(`a${letter}`)) continue;
  const folded = foldText(`a${letter}`);
  classes.set(folded, [...(classes.get(folded) ?? []), letter]);
}

/** Letters that search treats as equal although they distinguish words. */
const OTHER_LETTERS = /[æœøłđðþħŧŋıĸƒ\u0672\u0673\u06aa\u0649\u0629\u06be\u06d5]/u;
/** Characters that replace an apostrophe, a hyphen or a point between letters. */
const SIGNS = /[\p{Lm}\p{P}\p{Sk}]/u;

/** Why two spellings that search treats as equal are two hashtags; null if they are variants of one. */
function difference(one: string, other: string): string | null {
  const [first, second] = [hashtagKey(`a${one}`), hashtagKey(`a${other}`)].map((key) => key.normalize('NFD'));
  if (/\p{M}/u.test(first!) || /\p{M}/u.test(second!)) return 'marks';
  if (/\p{Script=Katakana}/u.test(first!) !== /\p{Script=Katakana}/u.test(second!)) return 'syllabary';
  if (OTHER_LETTERS.test(first!) || OTHER_LETTERS.test(second!)) return 'letter';
  if (SIGNS.test(first!) || SIGNS.test(second!)) return 'sign';
  return null;
}

test('letters that search treats as equal make one hashtag, unless they distinguish words', () => {
  const two: string[] = [];
  const seen = new Map<string, number>();
  for (const letters of classes.values()) {
    for (const other of letters.slice(1)) {
      if (hashtagKey(`a${letters[0]}`) === hashtagKey(`a${other}`)) continue;
      const reason = difference(letters[0]!, other);
      if (reason === null)
        two.push(
          `${letters[0]} ${other} (${letters[0]!.codePointAt(0)!.toString(16)} ${other.codePointAt(0)!.toString(16)})`,
        );
      seen.set(reason ?? 'none', (seen.get(reason ?? 'none') ?? 0) + 1);
    }
  }
  expect(two).toEqual([]);
  expect([...seen.keys()].toSorted()).toEqual(['letter', 'marks', 'sign', 'syllabary']);
});

test('words in which each letter is written in another way are one hashtag, which search finds by each', () => {
  const same = [...classes.values()].flatMap((letters) =>
    [...Map.groupBy(letters, (letter) => hashtagKey(`a${letter}`)).values()].filter((one) => one.length > 1),
  );
  expect(same.length).toBeGreaterThan(1000);
  const pair = fc
    .constantFrom(...same)
    .chain((letters) => fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters)));
  const words = fc.array(pair, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(words, (pairs) => {
      const [one, other] = [0, 1].map((side) => pairs.map((letters) => `a${letters[side]}`).join(''));
      expect(hashtagKey(one!)).toBe(hashtagKey(other!));
      for (const written of [one!, other!]) expect(handleOf(written)).toBe(handleOf(hashtagKey(one!)));
    }),
    { numRuns: 2000 },
  );
});
