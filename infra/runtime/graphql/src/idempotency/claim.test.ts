import type { Identity } from '@tintype/viewer';
import { describe, expect, test } from 'vitest';
import { claimOf } from './claim.ts';

const identity: Identity = {
  kind: 'visitor',
  viewer: null,
  requestId: 'r',
  operation: 'mutation',
  idempotencyKey: 'k',
};
const at = (fieldName: string, key: string) => ({ fieldName, path: { key, prev: undefined, typename: 'Mutation' } });

describe('a claim', () => {
  test('is none without a key', () => {
    expect(claimOf({ ...identity, idempotencyKey: undefined }, at('a', 'a'), 1n, {})).toBeNull();
  });

  test('has a key of its own for each person, field and alias', () => {
    const keyOf = (field: string, name: string, userId: bigint | null, key = 'k') =>
      Buffer.from(claimOf({ ...identity, idempotencyKey: key }, at(field, name), userId, {})!.key).toString('hex');
    const keys = [
      keyOf('a', 'a', 1n),
      keyOf('a', 'b', 1n),
      keyOf('b', 'a', 1n),
      keyOf('a', 'a', 2n),
      keyOf('a', 'a', null),
      keyOf('a', 'a', 1n, 'l'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf('a', 'a', 1n)).toBe(keys[0]);
  });

  test('compares inputs by their fields, in any order', () => {
    const hashOf = (input: unknown) => claimOf(identity, at('a', 'a'), 1n, input)!.inputHash;
    expect(hashOf({ a: 1, b: { c: 2, d: [1, 2] } })).toEqual(hashOf({ b: { d: [1, 2], c: 2 }, a: 1 }));
    expect(hashOf({ a: 1, b: undefined })).toEqual(hashOf({ a: 1 }));
    expect(hashOf({ a: [1, 2] })).not.toEqual(hashOf({ a: [2, 1] }));
    expect(hashOf({ a: '1' })).not.toEqual(hashOf({ a: 1 }));
  });
});
