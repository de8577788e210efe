import type { Direction } from '@tintype/postgres';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connection, pageArgs } from './connection.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { RequestError } from './errors.ts';

const int64 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

describe('cursors', () => {
  test('come back as they were made', () => {
    fc.assert(
      fc.property(fc.array(int64, { minLength: 1, maxLength: 3 }), (parts) => {
        expect(decodeCursor('list', encodeCursor('list', parts), parts.length)).toEqual(parts);
      }),
    );
  });

  test('are refused after any change of one letter', () => {
    const cursor = encodeCursor('list', [1_763_000_000_000n, 42n]);
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'aZ09-_'), (at, letter) => {
        fc.pre(cursor[at] !== letter);
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        expect(() => decodeCursor('list', changed, 2)).toThrow(RequestError);
      }),
    );
  });

  test.each([
    `${encodeCursor('list', [1n])}x`,
    '',
    'x',
    'not a cursor',
    'a'.repeat(10_000),
    encodeCursor('other', [1n]),
    encodeCursor('list', [-1n]),
    encodeCursor('list', [2n ** 63n]),
  ])('refuse %j', (cursor) => {
    expect(() => decodeCursor('list', cursor, 1)).toThrow(expect.objectContaining({ code: 'BAD_CURSOR' }));
  });

  test('of another length of key are refused', () => {
    expect(() => decodeCursor('list', encodeCursor('list', [1n, 2n]), 1)).toThrow(RequestError);
  });
});

describe('pages', () => {
  test.each([0, -1, 101, 10_000])('of %i items are refused', (first) => {
    expect(() => pageArgs({ first }, 'list', 1)).toThrow(expect.objectContaining({ code: 'BAD_PAGE_SIZE' }));
  });

  test('have twenty items by default', () => {
    const page = { kind: 'list', size: 20, from: null, direction: 'forward' };
    expect(pageArgs({}, 'list', 1)).toEqual(page);
    expect(pageArgs({ first: null, after: null, last: null, before: null }, 'list', 1)).toEqual(page);
    const before = encodeCursor('list', [7n]);
    expect(pageArgs({ before }, 'list', 1)).toEqual({ kind: 'list', size: 20, from: [7n], direction: 'backward' });
    expect(pageArgs({ last: 3 }, 'list', 1)).toEqual({ kind: 'list', size: 3, from: null, direction: 'backward' });
  });

  test('are read from one side', () => {
    const cursor = encodeCursor('list', [7n]);
    for (const args of [
      { first: 1, last: 1 },
      { first: 1, before: cursor },
      { last: 1, after: cursor },
    ])
      expect(() => pageArgs(args, 'list', 1)).toThrow('Use either first and after, or last and before.');
    for (const last of [0, -1, 101]) expect(() => pageArgs({ last }, 'list', 1)).toThrow('The argument last must be');
  });

  const page = (rows: number[], from: bigint[] | null, direction: Direction = 'forward') =>
    connection(
      rows,
      { kind: 'list', size: 2, from, direction },
      (row) => row,
      (row) => `c${row}`,
    ).pageInfo;

  test('know both of their ends', () => {
    expect(page([1, 2, 3], null)).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: 'c1',
      endCursor: 'c2',
    });
    expect(page([3], [2n])).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: 'c3', endCursor: 'c3' });
    expect(page([], null)).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
    expect(page([3, 2, 1], [4n], 'backward')).toEqual({
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: 'c2',
      endCursor: 'c3',
    });
    expect(page([1], null, 'backward')).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });
});
