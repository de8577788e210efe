import { expect, test } from 'vitest';
import { findMisfit } from './rows.rules.ts';

const VALUES: Record<string, unknown> = {
  bigint: 1n,
  boolean: false,
  Buffer: Buffer.from('x'),
  Date: new Date(0),
  number: 1,
  string: '1',
};

test.each(Object.keys(VALUES))('%s is not any of the other types, nor null', (type) => {
  for (const [other, value] of Object.entries(VALUES)) {
    const misfit = findMisfit({ id: type }, { id: value });
    if (other === type) expect(misfit).toBeNull();
    else expect(misfit).toContain(`id is ${type}`);
  }
  expect(findMisfit({ id: type }, { id: null })).not.toBeNull();
  expect(findMisfit({ id: type }, {})).not.toBeNull();
  expect(findMisfit({ id: `${type} | null` }, { id: null })).toBeNull();
  expect(findMisfit({ ids: `${type}[]` }, { ids: [VALUES[type], VALUES[type]] })).toBeNull();
  expect(findMisfit({ ids: `${type}[]` }, { ids: [VALUES[type], null] })).not.toBeNull();
});

test('any JSON value fits a column of unknown type', () => {
  for (const value of [null, 'text', 5, [], {}]) expect(findMisfit({ data: 'unknown' }, { data: value })).toBeNull();
});
