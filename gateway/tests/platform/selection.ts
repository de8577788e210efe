import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';

/**
 * A selection of all fields of a type that need no arguments, down to a depth, for walks over the schema.
 *
 * @param depth of objects within objects; edges of connections do not count
 */
export function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    const parts = possible.map((one) => {
      const fields = selectionsOf(schema, one, depth).map((text) =>
        isAmbiguous(possible, nameIn(text)) ? `${nameIn(text)}Of${one.name}: ${text}` : text,
      );
      return `... on ${one.name} { __typename ${fields.join(' ')} }`;
    });
    return `{ __typename ${parts.join(' ')} }`;
  }
  return `{ __typename ${selectionsOf(schema, type, depth).join(' ')} }`;
}

function nameIn(selection: string): string {
  return /^\w+/.exec(selection)![0];
}

/** Whether types of one selection have fields of this name with different types, so that one of them needs an alias. */
function isAmbiguous(types: readonly GraphQLObjectType[], name: string): boolean {
  return new Set(types.flatMap((type) => type.getFields()[name]?.type.toString() ?? [])).size > 1;
}

/** The same as a selection for each field, for types that would cost too much in one request. */
export function selectionsOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string[] {
  const fields = Object.values(
    (type as unknown as { getFields(): Record<string, GraphQLField<unknown, unknown>> }).getFields(),
  );
  return fields.flatMap((field): string[] => {
    const of = getNamedType(field.type);
    if (field.args.some(({ type: given, defaultValue }) => isNonNullType(given) && defaultValue === undefined))
      return [];
    if (isLeafType(of)) return [field.name];
    const isFrame = /(Connection|Edge|Payload)$/.test(of.name) || of.name === 'PageInfo' || of.name.endsWith('Error');
    if (!isFrame && depth === 0) return [];
    const args = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
    return [`${field.name}${args} ${selectionOf(schema, of, isFrame ? depth : depth - 1)}`];
  });
}

/** The path of an id in the arguments of a field, such as `["input", "postId"]`. */
export type IdPath = readonly string[];

export function idPathsOf(name: string, type: GraphQLInputType): IdPath[] {
  const of = getNamedType(type);
  if (of.name === 'ID') return [[name]];
  if (!isInputObjectType(of)) return [];
  return Object.values(of.getFields()).flatMap((field) =>
    idPathsOf(field.name, field.type).map((path) => [name, ...path]),
  );
}

/** A value of an input type, with an id at the path. Undefined if it is neither on the path nor required. */
export function inputValueOf(type: GraphQLInputType, path: IdPath | null, id: string): unknown {
  if (isNonNullType(type)) return inputValueOf(type.ofType, path ?? [], id);
  if (path === null) return undefined;
  if (isListType(type)) return [inputValueOf(type.ofType, path, id)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => {
      const isOnPath = path[0] === field.name;
      return [field.name, inputValueOf(field.type, isOnPath ? path.slice(1) : null, id)];
    });
    return Object.fromEntries(fields);
  }
  const scalars: Record<string, unknown> = { ID: id, Int: 1, Boolean: true, String: 'kelp', Float: 1 };
  return scalars[type.name] ?? 'kelp';
}
