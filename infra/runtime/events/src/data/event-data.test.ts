import { expect, test } from 'vitest';
import { UnprocessableEventError } from '../event.ts';
import {
  booleanOf,
  idOf,
  idOrNull,
  idsOf,
  millisecondsOf,
  objectsOf,
  textOf,
  textOrNull,
  textsOf,
} from './event-data.ts';

test('fields are read as they were promised', () => {
  const data = { id: '7', none: null, ids: ['1', '2'], ms: 5, text: 'hello', texts: ['a', 'b'], no: false, list: [{}] };
  expect(idOf(data, 'id')).toBe(7n);
  expect(idOrNull(data, 'none')).toBeNull();
  expect(idOrNull(data, 'id')).toBe(7n);
  expect(idsOf(data, 'ids')).toEqual([1n, 2n]);
  expect(millisecondsOf(data, 'ms')).toBe(5n);
  expect([textOf(data, 'text'), textOf(data, 'new')]).toEqual(['hello', '']);
  expect([textOrNull(data, 'text'), textOrNull(data, 'none')]).toEqual(['hello', null]);
  expect([textsOf(data, 'texts'), textsOf(data, 'new')]).toEqual([['a', 'b'], []]);
  expect(booleanOf(data, 'no')).toBe(false);
  expect(objectsOf(data, 'list', 1)).toEqual([{}]);
});

test.each([{ x: 7 }, { x: '0' }, { x: '-1' }, { x: 'seven' }, { x: null }, {}, null, 'x'])('no id is in %j', (data) => {
  expect(() => idOf(data, 'x')).toThrow(UnprocessableEventError);
});

test('what is something else is given up at once', () => {
  expect(() => idOrNull({}, 'x')).toThrow(UnprocessableEventError);
  for (const x of [null, '1', ['a']]) expect(() => idsOf({ x }, 'x')).toThrow(UnprocessableEventError);
  for (const x of [0, 0.5, '5', null, 2 ** 53 - 1, 2 ** 60])
    expect(() => millisecondsOf({ x }, 'x')).toThrow(UnprocessableEventError);
  for (const x of [1, '\0', 'half \ud83d']) {
    expect(() => textOf({ x }, 'x')).toThrow(UnprocessableEventError);
    expect(() => textOrNull({ x }, 'x')).toThrow(UnprocessableEventError);
    expect(() => textsOf({ x: [x] }, 'x')).toThrow(UnprocessableEventError);
  }
  expect(() => textOrNull({}, 'x')).toThrow(UnprocessableEventError);
  expect(() => textsOf({ x: 'a' }, 'x')).toThrow(UnprocessableEventError);
  for (const x of [undefined, null, 'true', 1]) expect(() => booleanOf({ x }, 'x')).toThrow(UnprocessableEventError);
  for (const x of [undefined, null, {}, [null], ['a'], [{}, {}, {}]]) {
    expect(() => objectsOf({ x }, 'x', 2)).toThrow(UnprocessableEventError);
  }
});
