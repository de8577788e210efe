import { type GraphQLOutputType, getNullableType, isEnumType, isListType, isNonNullType, isScalarType } from 'graphql';

/** Neutral values of the scalars, as JSON has them. */
const SCALARS: Readonly<Record<string, unknown>> = {
  Boolean: false,
  Int: 0,
  Float: 0,
  String: '',
  ID: '',
  Snowflake: '0',
  DateTime: '1970-01-01T00:00:00.000Z',
};

/**
 * A value of this type that says nothing: null where the type allows it, an empty list, `false`, zero, an empty text,
 * the first value of an enum. An object is empty, because its fields are answered one by one.
 */
export function neutralValueOf(type: GraphQLOutputType): unknown {
  if (!isNonNullType(type)) return null;
  const required = getNullableType(type);
  if (isListType(required)) return [];
  if (isEnumType(required)) return required.getValues()[0]?.value;
  if (!isScalarType(required)) return {};
  if (required.name in SCALARS) return SCALARS[required.name];
  throw new TypeError(`The scalar ${required.name} has no neutral value. Add one to neutral.rules.ts.`);
}
