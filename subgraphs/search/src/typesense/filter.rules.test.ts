import { describe, expect, test } from 'vitest';
import { allOf, equals, isAnyOf, isFilterable, quoted, shownTo, withIds } from './filter.rules.ts';

describe('filters', () => {
  test('quote whatever a value contains', () => {
    expect(equals('handle', 'a && b:=[c], (d)')).toBe('handle:=`a && b:=[c], (d)`');
    expect(isAnyOf('owner', ['1', 'x]y'])).toBe('owner:=[`1`,`x]y`]');
    expect(withIds(['été', 'a,b'])).toBe('id:[`été`,`a,b`]');
  });

  test('never let a value end its own quotes', () => {
    expect(isFilterable('a`b')).toBe(false);
    expect(() => quoted('x` || restricted:=true')).toThrow(RangeError);
  });

  test('are joined, where there are any', () => {
    expect(allOf([null, 'a:=1', null, 'b:=2'])).toBe('a:=1 && b:=2');
    expect(allOf([null])).toBe('');
  });
});

describe('what a viewer is shown', () => {
  const viewerFilter = { hiddenIds: ['7'], privateIds: ['8', '9'] };

  test('are posts of nobody hidden, and of private people only where they may be seen', () => {
    expect(shownTo('posts', viewerFilter)).toBe('owner:!=[`7`] && (restricted:=false || owner:=[`8`,`9`])');
    expect(shownTo('posts', { hiddenIds: [], privateIds: [] })).toBe('restricted:=false');
  });

  test('are all people but hidden ones, and all hashtags', () => {
    expect(shownTo('users', viewerFilter)).toBe('owner:!=[`7`]');
    expect(shownTo('users', { hiddenIds: [], privateIds: ['8'] })).toBeNull();
    expect(shownTo('hashtags', viewerFilter)).toBeNull();
  });
});
