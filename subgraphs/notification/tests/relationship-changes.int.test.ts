import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addRelationshipChanges, findRelationshipChanges } from '../src/projection/relationship.repository.ts';
import { type RelationshipChange, relationshipOf } from '../src/projection/relationship.rules.ts';

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());

test.each([1, 7])('keeps a bounded number of changes of a pair, %i in a batch', async (atOnce) => {
  const { pool } = environment.database;
  const [personId, otherId] = [BigInt(atOnce), 100n];
  const changes = Array.from({ length: 84 }, (_, index): RelationshipChange => {
    return {
      personId,
      otherId,
      kind: 'FOLLOWS',
      version: BigInt(index),
      isActive: index % 2 === 0,
      atMs: BigInt(index),
    };
  });
  const pair = [{ personId, otherId }];
  for (let from = 0; from < changes.length; from += atOnce) {
    await addRelationshipChanges(pool, changes.slice(from, from + atOnce));
    const kept = await findRelationshipChanges(pool, pair);
    // Twenty, the changes of the batch, and one that began after the last end.
    expect(kept.length).toBeLessThanOrEqual(20 + atOnce + 1);
    expect(relationshipOf(kept).state.get('FOLLOWS')).toEqual({
      isActive: changes[from + atOnce - 1]!.isActive,
      lastMs: BigInt(from + atOnce - 1),
    });
  }
  const versions = (await findRelationshipChanges(pool, pair))
    .map((change) => Number(change.version))
    .toSorted((one, other) => one - other);
  expect(versions).toEqual(Array.from({ length: versions.length }, (_, index) => 84 - versions.length + index));
  expect(versions.length).toBeGreaterThanOrEqual(20);
});
