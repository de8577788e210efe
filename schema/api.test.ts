import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, test } from 'vitest';

const schema = buildSchema(readFileSync(new URL('api.graphql', import.meta.url), 'utf8'));
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

type Described = { path: string; description: string | null | undefined };

/** A type with everything in it that a client sees: fields, their arguments, values. */
function partsOf(type: GraphQLNamedType): Described[] {
  const parts: Described[] = [{ path: type.name, description: type.description }];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const { name, description, args } of Object.values(type.getFields())) {
      parts.push({ path: `${type.name}.${name}`, description });
      for (const argument of args) {
        parts.push({ path: `${type.name}.${name}(${argument.name}:)`, description: argument.description });
      }
    }
  } else if (isInputObjectType(type)) {
    for (const { name, description } of Object.values(type.getFields())) {
      parts.push({ path: `${type.name}.${name}`, description });
    }
  } else if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) parts.push({ path: `${type.name}.${name}`, description });
  }
  return parts;
}

test('everything in the public schema has a description', () => {
  const parts = types.flatMap(partsOf);
  expect(parts.length).toBeGreaterThan(400);
  expect(parts.filter(({ description }) => !description?.trim()).map(({ path }) => path)).toEqual([]);
});
