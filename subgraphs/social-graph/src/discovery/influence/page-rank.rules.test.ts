import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageRank } from './page-rank.rules.ts';

/** The expected result, by solving the linear equations with elimination. Slow, but independent of a start value. */
function solved(links: readonly (readonly number[])[]): number[] {
  const count = links.length;
  const rows = Array.from({ length: count }, (_, node) => {
    const row = links.map((to, from) => {
      const share = to.length === 0 ? 1 / count : to.includes(node) ? 1 / to.length : 0;
      return (from === node ? 1 : 0) - 0.85 * share;
    });
    return [...row, 0.15 / count];
  });
  for (let pivot = 0; pivot < count; pivot++) {
    const best = rows
      .slice(pivot)
      .reduce((most, row, n) => (Math.abs(row[pivot]!) > Math.abs(rows[pivot + most]![pivot]!) ? n : most), 0);
    [rows[pivot], rows[pivot + best]] = [rows[pivot + best]!, rows[pivot]!];
    for (let other = 0; other < count; other++) {
      if (other === pivot) continue;
      const factor = rows[other]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column <= count; column++) rows[other]![column]! -= factor * rows[pivot]![column]!;
    }
  }
  return rows.map((row, node) => row[count]! / row[node]!);
}

const graph = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc
      .array(fc.uniqueArray(fc.nat(count - 1), { maxLength: count }), { minLength: count, maxLength: count })
      .map((links) => links.map((to, from) => to.filter((node) => node !== from))),
  );

test('is what its equations say', () => {
  fc.assert(
    fc.property(graph, (links) => {
      const wanted = solved(links);
      for (const [node, rank] of pageRank(links).entries()) expect(rank).toBeCloseTo(wanted[node]!, 7);
    }),
  );
});

test('is one all together', () => {
  fc.assert(
    fc.property(graph, (links) => {
      expect(pageRank(links).reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(1, 9);
    }),
  );
});

test('is the same for all who stand alike, and highest for whom all follow', () => {
  expect(pageRank([[1], [2], [0]])).toEqual([1 / 3, 1 / 3, 1 / 3].map((rank) => expect.closeTo(rank, 9)));
  const [center, ...others] = pageRank([[], [0], [0], [0]]);
  expect(Math.min(center! - others[0]!, center! - others[2]!)).toBeGreaterThan(0.1);
  expect(pageRank([])).toEqual([]);
});
