import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ID_TYPES } from './generated/id-types.ts';
import {
  globalId,
  hashtagId,
  type IdType,
  parseGlobalId,
  parseHashtagId,
  type SnowflakeType,
  typeOfGlobalId,
} from './global-id.ts';

const SNOWFLAKE_TYPES = ID_TYPES.filter((type): type is SnowflakeType => type !== 'Hashtag');
const type = fc.constantFrom<SnowflakeType>(...SNOWFLAKE_TYPES);
const snowflake = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });

describe('a global ID', () => {
  test('has the type and the ID of its object', () => {
    fc.assert(
      fc.property(type, snowflake, (type, id) => {
        const text = globalId(type, id);
        return typeOfGlobalId(text) === type && parseGlobalId(type, text) === id;
      }),
    );
  });

  test('is an ID of no other type', () => {
    fc.assert(
      fc.property(type, type, snowflake, (one, other, id) => {
        fc.pre(one !== other);
        return parseGlobalId(other, globalId(one, id)) === null;
      }),
    );
  });

  test.each(['7', 'Post_', 'Post_0', 'Post_01', 'Post_-1', 'Post_1 ', 'post_1', 'Post-1', 'Post_9223372036854775808'])(
    'is not %j',
    (text) => {
      expect(parseGlobalId('Post', text)).toBeNull();
    },
  );
});

describe('the global ID of a hashtag', () => {
  test('has its key', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'binary' }).filter((key) => key.isWellFormed()),
        (key) => {
          const text = hashtagId(key);
          return parseHashtagId(text) === key && (typeOfGlobalId(text) satisfies IdType | null) === 'Hashtag';
        },
      ),
    );
  });

  test.each(['fog', 'Hashtag_', 'Hashtag_!', 'Hashtag_Zm9n=', 'Hashtag_Zm9', 'User_Zm9n'])('is not %j', (text) => {
    expect(parseHashtagId(text)).toBeNull();
  });
});
