import { readFileSync } from 'node:fs';
import { REQUEST_ERROR_CODES } from '@tintype/graphql';
import { buildSchema, isEnumType } from 'graphql';
import { expect, test } from 'vitest';
import { ERRORS, PASSED_CODES } from './errors.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const documented = new Set([...read('docs/errors.md').matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1]!));
const userErrors = Object.values(buildSchema(read('schema/api.graphql')).getTypeMap())
  .filter((type) => isEnumType(type) && type.name.endsWith('ErrorCode'))
  .flatMap((type) => (isEnumType(type) ? type.getValues() : []));

test('every code that a client can meet is documented', () => {
  const codes = [
    ...Object.keys(ERRORS),
    ...REQUEST_ERROR_CODES,
    ...PASSED_CODES,
    ...userErrors.map((value) => value.name),
  ];
  expect(codes.filter((code) => !documented.has(code))).toEqual([]);
});

test('every user error says in the schema what it means, and none has the name of a protocol error', () => {
  expect(userErrors.length).toBeGreaterThan(40);
  expect(userErrors.filter((value) => !value.description).map((value) => value.name)).toEqual([]);
  const protocol = new Set<string>([...Object.keys(ERRORS), ...PASSED_CODES]);
  expect(userErrors.filter((value) => protocol.has(value.name))).toEqual([]);
});
