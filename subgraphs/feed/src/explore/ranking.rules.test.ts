import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, PER_AUTHOR, REASONS, rank, SAME_REASON, WINDOW } from './ranking.rules.ts';

const NOW = 1_800_000_000_000;
const base = { authorId: 1n, publishedMs: NOW, likeCount: 0, commentCount: 0, shareCount: 0 };
const score = fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { nil: undefined });
const candidate: fc.Arbitrary<Candidate> = fc.record({
  postId: fc.bigInt(1n, 10_000n),
  authorId: fc.bigInt(1n, 12n),
  publishedMs: fc.integer({ min: NOW - 10 * 86_400_000, max: NOW + 1000 }),
  likeCount: fc.nat(1000),
  commentCount: fc.nat(100),
  shareCount: fc.nat(100),
  scores: fc.record({ TRENDING: score, LIKED_BY_SIMILAR: score, HASHTAG: score }),
});
const candidates = fc.uniqueArray(candidate, { selector: ({ postId }) => postId, maxLength: 80 });
const ids = (found: readonly { postId: bigint }[]) => found.map(({ postId }) => postId);

test('each post is there at most once, and for a source that offered it', () => {
  fc.assert(
    fc.property(candidates, fc.nat(), (all, seed) => {
      const ranked = rank(all, { seed, nowMs: NOW });
      expect(new Set(ids(ranked)).size).toBe(ranked.length);
      const offered = new Map(all.map((one) => [one.postId, one.scores]));
      for (const { postId, reason } of ranked) expect(offered.get(postId)?.[reason]).toBeGreaterThan(0);
    }),
  );
});

test('the order depends on the seed alone, not on how the candidates come', () => {
  fc.assert(
    fc.property(candidates, fc.nat(), (all, seed) => {
      const options = { seed, nowMs: NOW };
      expect(rank(all.toReversed(), options)).toEqual(rank(all, options));
    }),
  );
});

test('no window of a page has more than two posts of an author', () => {
  fc.assert(
    fc.property(candidates, fc.nat(), (all, seed) => {
      const ranked = rank(all, { seed, nowMs: NOW });
      for (let from = 0; from < ranked.length; from += 1) {
        const counts = new Map<bigint, number>();
        for (const { authorId } of ranked.slice(from, from + WINDOW))
          counts.set(authorId, (counts.get(authorId) ?? 0) + 1);
        expect(Math.max(...counts.values())).toBeLessThanOrEqual(PER_AUTHOR);
      }
    }),
  );
});

test('sources alternate while there are several', () => {
  const all = REASONS.flatMap((reason, kind) =>
    Array.from({ length: 4 }, (_, n) => {
      const postId = BigInt(kind * 10 + n + 1);
      return { ...base, postId, authorId: postId, scores: { [reason]: 1 } };
    }),
  );
  const ranked = rank(all, { seed: 1, nowMs: NOW });
  expect(ranked).toHaveLength(12);
  const start = ranked.slice(0, SAME_REASON + 1).map(({ reason }) => reason);
  expect(new Set(start).size).toBe(2);
});

test.each([
  ['newer', { publishedMs: NOW - 86_400_000 }, {}],
  ['liked more', {}, { likeCount: 50 }],
  ['of two sources', {}, { scores: { TRENDING: 1, HASHTAG: 1 } }],
])('a post that is %s comes first', (_, worse, better) => {
  const first = { ...base, postId: 1n, scores: { TRENDING: 1 }, ...better };
  const second = { ...base, postId: 2n, authorId: 2n, scores: { TRENDING: 1 }, ...worse };
  for (let seed = 0; seed < 50; seed += 1) {
    expect(ids(rank([second, first], { seed, nowMs: NOW }))).toEqual([1n, 2n]);
  }
});

test('seeds make different pages of equal posts, and nothing makes nothing', () => {
  const all = Array.from({ length: 9 }, (_, n) => ({
    ...base,
    postId: BigInt(n + 1),
    authorId: BigInt(n),
    scores: { HASHTAG: 1 },
  }));
  expect(ids(rank(all, { seed: 1, nowMs: NOW }))).not.toEqual(ids(rank(all, { seed: 2, nowMs: NOW })));
  expect(rank([], { seed: 1, nowMs: NOW })).toEqual([]);
});
