import { SERVICES, subgraphSdl } from '@tintype/schema/subgraphs';
import { Kind, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { SCOPES, scopesOf } from './scope.rules.ts';

/** Scopes that no field names: those of OpenID Connect. */
const OF_USERINFO = ['openid', 'profile'];

test('people can allow exactly the scopes that fields require', () => {
  const required = new Set<string>();
  for (const name of SERVICES) {
    visit(parse(subgraphSdl(name)), {
      Directive({ name, arguments: [scopes] = [] }) {
        if (name.value !== 'requiresScopes' || scopes?.value.kind !== Kind.LIST) return;
        for (const value of scopes.value.values) if (value.kind === Kind.STRING) required.add(value.value);
      },
    });
  }
  expect([...required, ...OF_USERINFO].sort()).toEqual(SCOPES.toSorted());
});

test('unknown and repeated scopes are left out', () => {
  expect(scopesOf('read admin read  write:posts constructor __proto__')).toEqual(['read', 'write:posts']);
  expect(scopesOf('')).toEqual([]);
});
