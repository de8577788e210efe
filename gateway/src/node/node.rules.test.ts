import { globalId, hashtagId, ID_TYPES } from '@tintype/ids';
import { NODE_OWNERS } from '@tintype/schema/node-owners';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { OWNED, referenceOf } from './node.rules.ts';

test('a global ID refers to an object of its type', () => {
  for (const type of ID_TYPES) {
    const id = type === 'Hashtag' ? hashtagId('fog') : globalId(type, 7n);
    const reference = referenceOf(id);
    if (type === 'Hashtag') expect(reference).toEqual({ type, id, key: 'fog' });
    else if (type === 'Notification') expect(reference).toEqual({ type, id });
    else if (!Object.hasOwn(NODE_OWNERS, type)) expect(reference).toBeNull();
    else expect(reference).toMatchObject({ type, id });
  }
});

test('every type of node is for everybody whom the policy names, or needs the scopes of its list', () => {
  const forOthers = ['Comment', 'Hashtag', 'Post', 'Share', 'User'];
  const types = Object.keys(NODE_OWNERS).filter((name) => !name.endsWith('Notification'));
  expect([...Object.keys(OWNED), ...forOthers].sort()).toEqual([...types, 'Notification'].sort());
});

test('no other text refers to anything', () => {
  fc.assert(fc.property(fc.string(), (text) => referenceOf(text) === null));
  const damaged = fc.tuple(
    fc.constantFrom(...ID_TYPES),
    fc.string().filter((rest) => !/^[1-9]\d*$/.test(rest)),
  );
  fc.assert(fc.property(damaged, ([type, rest]) => type === 'Hashtag' || referenceOf(`${type}_${rest}`) === null));
});
