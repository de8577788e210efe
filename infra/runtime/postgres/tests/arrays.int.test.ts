import { createEnvironment, type Environment } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untyped } from '../src/untyped.ts';

let environment: Environment;

beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());

const NULL = fc.constant(null);
/** JavaScript writes -0 as 0. */
const NUMBER = fc.double().map((value) => value + 0);
const ARRAYS = {
  'bigint[]': fc.array(fc.oneof(NULL, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  'float8[]': fc.array(fc.oneof(NULL, NUMBER)),
  'boolean[]': fc.array(fc.oneof(NULL, fc.boolean())),
  'text[]': fc.array(
    fc.oneof(
      NULL,
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    ),
  ),
};

test.each(Object.entries(ARRAYS))('Postgres gets each value of a %s as it is', async (type, values) => {
  const { pool } = environment.database;
  // One value per row, because pg reads nulls in arrays of bigints differently.
  const text = `SELECT value FROM unnest($1::${type}) WITH ORDINALITY AS given(value, position) ORDER BY position`;
  await fc.assert(
    fc.asyncProperty(values as fc.Arbitrary<unknown[]>, async (sent) => {
      const got = await untyped<{ value: unknown }>(pool, text, [sent]);
      expect(got.map((row) => row.value)).toEqual(sent);
    }),
  );
});
