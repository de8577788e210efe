import { isHarmfulText, lengthOf } from '@tintype/text';
import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.rules.ts';

const username = 'una';

test('a short text is kept as it is', () => {
  expect(excerptOf('POST', { username, text: 'Low tide\n\u2067by the weir\u2069' })).toBe(
    'Low tide\n\u2067by the weir\u2069',
  );
  expect(excerptOf('COMMENT', { username, text: '' })).toBe('');
});

test('an account is judged by its username, too', () => {
  expect(excerptOf('USER', { username, text: 'Una\nby the weir' })).toBe('@una\nUna\nby the weir');
  expect(excerptOf('USER', { username, text: '' })).toBe('@una');
});

test.each([
  ['letters', 'x'.repeat(201), `${'x'.repeat(199)}…`],
  ['characters outside the basic plane', '𝓯'.repeat(201), `${'𝓯'.repeat(199)}…`],
  ['emoji of several code points', '👩‍👩‍👧'.repeat(80), `${'👩‍👩‍👧'.repeat(39)}…`],
  ['a space at the end', `${'x'.repeat(198)} ${'y'.repeat(9)}`, `${'x'.repeat(198)}…`],
  ['a character that is longer than the excerpt', `e${'\u0301'.repeat(300)}`, '…'],
])('a long text is cut between characters: %s', (_, text, excerpt) => {
  expect(excerptOf('POST', { username, text })).toBe(excerpt);
  expect(lengthOf(excerpt)).toBeLessThanOrEqual(200);
});

test('a cut leaves no direction mark open', () => {
  const excerpt = excerptOf('POST', { username, text: `\u2067${'x'.repeat(300)}\u2069` });
  expect(isHarmfulText(excerpt)).toBe(false);
});
