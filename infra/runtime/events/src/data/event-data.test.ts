import { expect, test } from 'vitest';
import { UnprocessableEventError } from '../event.ts';
import { idOf, idOrNull, idsOf, millisecondsOf, textOf, textsOf } from './event-data.ts';

test('fields are read as they were promised', () => {
  const data = { id: '7', none: null, ids: ['1', '2'], ms: 5, text: 'hello', texts: ['a', 'b'] };
  expect(idOf(data, 'id')).toBe(7n);
  expect(idOrNull(data, 'none')).toBeNull();
  expect(idOrNull(data, 'id')).toBe(7n);
  expect(idsOf(data, 'ids')).toEqual([1n, 2n]);
  expect(millisecondsOf(data, 'ms')).toBe(5n);
  expect([textOf(data, 'text'), textOf(data, 'new')]).toEqual(['hello', '']);
  expect([textsOf(data, 'texts'), textsOf(data, 'new')]).toEqual([['a', 'b'], []]);
});

test.each([{ x: 7 }, { x: '0' }, { x: '-1' }, { x: 'seven' }, { x: null }, {}, null, 'x'])('no id is in %j', (data) => {
  expect(() => idOf(data, 'x')).toThrow(UnprocessableEventError);
});

test('what is something else is given up at once', () => {
  expect(() => idOrNull({}, 'x')).toThrow(UnprocessableEventError);
  for (const x of [null, '1', ['a']]) expect(() => idsOf({ x }, 'x')).toThrow(UnprocessableEventError);
  for (const x of [0, 0.5, '5', null, 2 ** 60])
    expect(() => millisecondsOf({ x }, 'x')).toThrow(UnprocessableEventError);
  expect(() => textOf({ x: 1 }, 'x')).toThrow(UnprocessableEventError);
  for (const x of ['a', [1]]) expect(() => textsOf({ x }, 'x')).toThrow(UnprocessableEventError);
});
