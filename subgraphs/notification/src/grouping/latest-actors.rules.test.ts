import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addToLatestActors, type Interaction, type LatestActors } from './latest-actors.rules.ts';

const interaction = fc.record({
  actorId: fc.bigInt(1n, 6n),
  atMs: fc.bigInt(1n, 12n),
  commentId: fc.option(fc.bigInt(1n, 50n)),
});

const compare = (one: bigint, other: bigint) => (one < other ? 1 : one > other ? -1 : 0);

/** The expected actors, found by sorting all activities. */
function newestOf(interactions: readonly Interaction[]): LatestActors {
  const sorted = interactions.toSorted(
    (one, other) =>
      compare(one.atMs, other.atMs) ||
      compare(one.actorId, other.actorId) ||
      compare(one.commentId ?? 0n, other.commentId ?? 0n),
  );
  const three = sorted
    .filter((one, at) => sorted.findIndex(({ actorId }) => actorId === one.actorId) === at)
    .slice(0, 3);
  return {
    actorIds: three.map((one) => one.actorId),
    actorTimes: three.map((one) => one.atMs),
    commentId: three[0]?.commentId ?? null,
  };
}

test('computes the same latest actors for any order and batching', () => {
  fc.assert(
    fc.property(fc.array(fc.array(interaction, { maxLength: 6 }), { maxLength: 8 }), (portions) => {
      const none: LatestActors = { actorIds: [], actorTimes: [], commentId: null };
      expect(portions.reduce<LatestActors>(addToLatestActors, none)).toEqual(newestOf(portions.flat()));
    }),
    { numRuns: 2000 },
  );
});
