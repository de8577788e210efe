import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageArgs } from './connection.ts';
import { shownPage } from './shown-page.ts';

/** The numbers from 1 to `size`, of which some are shown. */
function listOf(size: number, isShown: (row: number) => boolean) {
  let reads = 0;
  let rowsRead = 0;
  const pageOf = (first: number, after: string | null) =>
    shownPage({
      kind: 'numbers',
      page: pageArgs({ first, after }, 'numbers', 1),
      async read(place, limit) {
        reads++;
        const from = place ? Number(place[0]) : 0;
        const length = Math.max(0, Math.min(limit, size - from));
        rowsRead += length;
        return Array.from({ length }, (_, index) => from + 1 + index);
      },
      placeOf: (row) => [BigInt(row)],
      show: async (rows) => rows.map((row) => (isShown(row) ? row : null)),
    });
  const all = async (first: number): Promise<number[]> => {
    const found: number[] = [];
    for (let after: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(first, after);
      expect(page.edges.length).toBeLessThanOrEqual(first);
      found.push(...page.edges.map((edge) => edge.node));
      if (!page.pageInfo.hasNextPage) return found;
      after = page.pageInfo.endCursor;
    }
  };
  return { pageOf, all, reads: () => reads, rowsRead: () => rowsRead };
}

test('every shown row is listed once, whichever are hidden', { timeout: 60_000 }, async () => {
  const hidden = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(fc.nat(300), hidden, fc.integer({ min: 1, max: 100 }), async (size, rows, first) => {
      const isShown = (row: number) => !rows.includes(row);
      const right = Array.from({ length: size }, (_, index) => index + 1).filter(isShown);
      expect(await listOf(size, isShown).all(first)).toEqual(right);
    }),
    { numRuns: 200 },
  );
});

test('a page reads a bounded part of what is hidden, and says that there is more', async () => {
  const list = listOf(10_000, (row) => row > 9_990);
  const page = await list.pageOf(10, null);
  expect(page.edges).toEqual([]);
  expect(page.pageInfo).toMatchObject({ hasNextPage: true, startCursor: null });
  expect(list.reads()).toBe(6);
  expect(list.rowsRead()).toBeGreaterThan(300);
  expect(await list.all(10)).toHaveLength(10);
});

test('a page without hidden rows is read once', async () => {
  const list = listOf(50, () => true);
  expect((await list.pageOf(20, null)).edges).toHaveLength(20);
  expect(list.reads()).toBe(1);
});

test('for a few hidden rows not many more are read', async () => {
  const list = listOf(500, (row) => row % 20 !== 0);
  expect((await list.pageOf(40, null)).edges).toHaveLength(40);
  expect(list.rowsRead()).toBeLessThanOrEqual(60);
});
