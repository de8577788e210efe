import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addWords, findWords } from '../src/relation/relation.repository.ts';
import { type RelationWord, relationOf } from '../src/relation/relation.rules.ts';

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());

test.each([1, 7])(
  'of a pair that begins and ends a relation again and again, %i times in a batch, a bounded number of words is kept',
  async (atOnce) => {
    const { pool } = environment.database;
    const [ownerId, otherId] = [BigInt(atOnce), 100n];
    const words = Array.from({ length: 84 }, (_, index): RelationWord => {
      return { ownerId, otherId, what: 'FOLLOWS', version: BigInt(index), isOn: index % 2 === 0, atMs: BigInt(index) };
    });
    const pair = [{ ownerId, otherId }];
    for (let from = 0; from < words.length; from += atOnce) {
      await addWords(pool, words.slice(from, from + atOnce));
      const kept = await findWords(pool, pair);
      // Twenty, those of the batch, and one that began since the last end.
      expect(kept.length).toBeLessThanOrEqual(20 + atOnce + 1);
      expect(relationOf(kept).state.get('FOLLOWS')).toEqual({
        isOn: words[from + atOnce - 1]!.isOn,
        lastMs: BigInt(from + atOnce - 1),
      });
    }
    const versions = (await findWords(pool, pair))
      .map((word) => Number(word.version))
      .toSorted((one, other) => one - other);
    expect(versions).toEqual(Array.from({ length: versions.length }, (_, index) => 84 - versions.length + index));
    expect(versions.length).toBeGreaterThanOrEqual(20);
  },
);
