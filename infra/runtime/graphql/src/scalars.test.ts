import { Kind } from 'graphql';
import { expect, test } from 'vitest';
import { DateTime } from './scalars.ts';

test.each(['2026-11-20T21:47:03.120Z', '2026-11-20T21:47:03Z'])('%s is a time', (text) => {
  expect(DateTime.parseValue(text)).toEqual(new Date(text));
  expect(DateTime.parseLiteral({ kind: Kind.STRING, value: text }, undefined)).toEqual(new Date(text));
});

test.each(['2026-11-20', '2026-11-20T21:47:03+01:00', '2026-13-20T21:47:03Z', 'now', '', 1, null, {}])(
  '%j is none',
  (value) => {
    expect(() => DateTime.parseValue(value)).toThrow('A DateTime is a text such as');
  },
);

test('a time is sent as text', () => {
  expect(DateTime.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  expect(DateTime.serialize(0)).toBe('1970-01-01T00:00:00.000Z');
});
