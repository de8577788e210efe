import { globalId, hashtagId, ID_TYPES } from '@tintype/ids';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OWNERS, referenceOf } from './node.rules.ts';

test('a global ID refers to an object of its type', () => {
  for (const type of ID_TYPES) {
    const id = type === 'Hashtag' ? hashtagId('fog') : globalId(type, 7n);
    const reference = referenceOf(id);
    if (!Object.hasOwn(OWNERS, type)) expect(reference).toBeNull();
    else if (type === 'Hashtag') expect(reference).toEqual({ type, id, key: 'fog' });
    else expect(reference).toEqual({ type, id });
  }
});

test('no other text refers to anything', () => {
  fc.assert(fc.property(fc.string(), (text) => referenceOf(text) === null));
  const damaged = fc.tuple(
    fc.constantFrom(...ID_TYPES),
    fc.string().filter((rest) => !/^[1-9]\d*$/.test(rest)),
  );
  fc.assert(fc.property(damaged, ([type, rest]) => type === 'Hashtag' || referenceOf(`${type}_${rest}`) === null));
});
