import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lengthOf, normaliseText } from './text.rules.ts';

test('texts are kept as they are read, and normalising twice changes nothing', () => {
  expect(normaliseText('e\u0301\r\n\r')).toBe('é\n\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => normaliseText(normaliseText(text)) === normaliseText(text)),
  );
});

test('lengths are counted in code points', () => {
  expect(lengthOf('a😀é')).toBe(3);
});
