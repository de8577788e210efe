import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PageArgs, pageArgs } from './connection.ts';
import { visiblePage } from './visible-page.ts';

/** The numbers from 1 to `size`, some of which are visible. */
function listOf(size: number, isVisible: (row: number) => boolean) {
  let reads = 0;
  let rowsRead = 0;
  const pageOf = (first: number, after: string | null) => pageBy({ first, after });
  const pageBy = (args: PageArgs) => {
    const page = pageArgs(args, 'numbers', 1);
    return visiblePage({
      page,
      async read(sortKey, limit) {
        reads++;
        const isBackward = page.direction === 'backward';
        const from = sortKey ? Number(sortKey[0]) : isBackward ? size + 1 : 0;
        const length = Math.max(0, Math.min(limit, isBackward ? from - 1 : size - from));
        rowsRead += length;
        return Array.from({ length }, (_, index) => (isBackward ? from - 1 - index : from + 1 + index));
      },
      sortKeyOf: (row) => [BigInt(row)],
      present: async (rows) => rows.map((row) => (isVisible(row) ? row : null)),
    });
  };
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
  const allBackward = async (last: number): Promise<number[]> => {
    const found: number[] = [];
    for (let before: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof pageOf>> = await pageBy({ last, before });
      expect(page.edges.length).toBeLessThanOrEqual(last);
      found.unshift(...page.edges.map((edge) => edge.node));
      if (!page.pageInfo.hasPreviousPage) return found;
      before = page.pageInfo.startCursor;
    }
  };
  return { pageOf, pageBy, all, allBackward, reads: () => reads, rowsRead: () => rowsRead };
}

test('lists every visible row once in both directions, whichever rows are hidden', { timeout: 60_000 }, async () => {
  const hidden = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(fc.nat(300), hidden, fc.integer({ min: 1, max: 100 }), async (size, rows, first) => {
      const isVisible = (row: number) => !rows.includes(row);
      const right = Array.from({ length: size }, (_, index) => index + 1).filter(isVisible);
      expect(await listOf(size, isVisible).all(first)).toEqual(right);
      expect(await listOf(size, isVisible).allBackward(first)).toEqual(right);
    }),
    { numRuns: 200 },
  );
});

test('gives the same items on both sides of any cursor, whichever rows are hidden', async () => {
  const hidden = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
  const size = fc.integer({ min: 1, max: 9 });
  await fc.assert(
    fc.asyncProperty(hidden, size, size, fc.nat(20), async (rows, first, last, pages) => {
      const list = listOf(60, (row) => !rows.includes(row));
      const visible = await list.all(100);
      let before: string | null = null;
      let seen = 0;
      for (let page = 0; page <= pages; page++) {
        const { edges, pageInfo } = await list.pageOf(first, before);
        seen += edges.length;
        before = pageInfo.endCursor;
        if (!pageInfo.hasNextPage) break;
      }
      if (before === null) return;
      // The cursor belongs to the last item seen, or to a hidden row after it.
      const { edges } = await list.pageBy({ last, before });
      const behind = edges.map(({ node }) => node);
      const expected = [visible.slice(0, seen - 1), visible.slice(0, seen)].map((items) => items.slice(-last));
      expect(expected).toContainEqual(behind);
    }),
    { numRuns: 200 },
  );
});

test('reads a bounded number of hidden rows for a page, and says that there is more', async () => {
  const list = listOf(10_000, (row) => row > 9_990);
  const page = await list.pageOf(10, null);
  expect(page.edges).toEqual([]);
  expect(page.pageInfo).toMatchObject({ hasNextPage: true, startCursor: null });
  expect(list.reads()).toBe(6);
  expect(list.rowsRead()).toBeGreaterThan(300);
  expect(await list.all(10)).toHaveLength(10);
});

test('reads a page without hidden rows once', async () => {
  const list = listOf(50, () => true);
  expect((await list.pageOf(20, null)).edges).toHaveLength(20);
  expect(list.reads()).toBe(1);
});

test('for a few hidden rows not many more are read', async () => {
  const list = listOf(500, (row) => row % 20 !== 0);
  expect((await list.pageOf(40, null)).edges).toHaveLength(40);
  expect(list.rowsRead()).toBeLessThanOrEqual(60);
});
