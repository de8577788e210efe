import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
} from 'graphql';
import { DEFAULT_PAGE, INTROSPECTION_LIST, WEIGHTS } from './limits.ts';

/** The cost of a field, from the directives of the schema. */
export type FieldCost = {
  /** In addition to its objects: `@cost` of the field. */
  own: number;
  /** The cost of each object that it returns: `@cost` of their type. */
  object: number;
  /** Whether it needs a call to a store or another subgraph, once for all objects that have it. */
  isRead: boolean;
  isList: boolean;
  /** Whether it takes a token from the login bucket: `@loginLimit`. */
  isLogin: boolean;
  /** Whether its input has a password, which is hashed. */
  takesPassword: boolean;
  /** `null` if it is not a list, or if the field above it gives its size, as for `edges`. */
  size: ListSize | null;
};

export type ListSize = {
  /** Arguments that give the size by their value or length. The field is then a page. */
  slicingArguments: readonly string[];
  /** The size if none of these arguments is given. */
  assumedSize: number;
  /** The lists in the object that the field returns, if it is not a list itself. */
  sizedFields: readonly string[];
};

type Field = GraphQLField<unknown, unknown>;

/** By the definitions of the fields in the schema. */
export type Costs = ReadonlyMap<Field, FieldCost>;

/**
 * Reads the costs of all fields from `@cost` and `@listSize`, once.
 *
 * @param declared the supergraph, which has the directives. The schema that the gateway derives from it for clients has
 * lost them
 * @throws Error that names the lists without a size
 */
export function readCosts(schema: GraphQLSchema, declared: GraphQLSchema = schema): Costs {
  const { weightOfType, weightOfField, sizeOf, isLogin } = createDirectiveReader(declared);
  const possible = (type: GraphQLNamedType) => [type, ...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])];
  const fields = fieldsOf(schema);
  const costs = new Map<Field, FieldCost>();
  for (const { type, field } of fields) {
    const weight = highest(possible(getNamedType(field.type)).map(({ name }) => weightOfType(name)));
    const isList = isListType(getNullableType(field.type));
    const size = isIntrospectionType(type) && isList ? INTROSPECTED : sizeOf(type.name, field.name);
    costs.set(field, {
      own: highest(possible(type).map(({ name }) => weightOfField(name, field.name))) ?? 0,
      object: weight ?? WEIGHTS.object,
      isRead: weight !== null || (size !== null && size.slicingArguments.length > 0),
      isList,
      isLogin: isLogin(type.name, field.name),
      takesPassword: takesPassword(field),
      size,
    });
  }
  const unsized = listsWithoutSize(fields, costs);
  if (unsized.length > 0) throw new Error(`These lists have no @listSize: ${unsized.join(', ')}.`);
  return costs;
}

function fieldsOf(schema: GraphQLSchema) {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).map((field) => ({ type, field }))
      : [],
  );
}

/** Derived from the input, so that a new mutation with a password cannot be forgotten. */
function takesPassword({ args }: Field): boolean {
  return args.some(({ type }) => {
    const input = getNamedType(type);
    return isInputObjectType(input) && Object.keys(input.getFields()).some((name) => /password$/i.test(name));
  });
}

const INTROSPECTED: ListSize = { slicingArguments: [], assumedSize: INTROSPECTION_LIST, sizedFields: [] };

/** An object of an interface or union counts as the most expensive of its types. */
function highest(weights: readonly (number | null)[]): number | null {
  const known = weights.filter((one) => one !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function createDirectiveReader(declared: GraphQLSchema) {
  const [cost, listSize] = [declared.getDirective('cost'), declared.getDirective('listSize')];
  const loginLimit = declared.getDirective('loginLimit');
  const fieldOf = (type: string, name: string) => {
    const found = declared.getType(type);
    return isObjectType(found) || isInterfaceType(found) ? found.getFields()[name] : undefined;
  };
  const weightOf = (definition: Field | GraphQLNamedType | undefined): number | null => {
    const values = cost && definition?.astNode && getDirectiveValues(cost, definition.astNode);
    return values ? Number(values.weight) : null;
  };
  return {
    weightOfType: (name: string) => weightOf(declared.getType(name)),
    weightOfField: (type: string, name: string) => weightOf(fieldOf(type, name)),
    isLogin(type: string, name: string): boolean {
      const field = fieldOf(type, name);
      return Boolean(loginLimit && field?.astNode && getDirectiveValues(loginLimit, field.astNode));
    },
    sizeOf(type: string, name: string): ListSize | null {
      const field = fieldOf(type, name);
      const values: Partial<ListSize> | null | undefined =
        listSize && field?.astNode && getDirectiveValues(listSize, field.astNode);
      if (!field || !values) return null;
      const size = { slicingArguments: [], assumedSize: DEFAULT_PAGE, sizedFields: [], ...values };
      return { ...size, slicingArguments: [...size.slicingArguments, ...idListsOf(field)] };
    },
  };
}

/**
 * Arguments that are lists of IDs, each of which returns an object. The directive itself allows only integers as
 * slicing arguments.
 */
function idListsOf(field: Field): string[] {
  const lists = field.args.filter(({ type }) => isListType(getNullableType(type)) && getNamedType(type).name === 'ID');
  return lists.map(({ name }) => name);
}

/** Lists without `@listSize` that are not among the `sizedFields` of all fields that return their type. */
function listsWithoutSize(fields: ReturnType<typeof fieldsOf>, costs: Costs): string[] {
  return fields
    .filter(({ type, field }) => {
      const { isList, size } = costs.get(field)!;
      if (!isList || size) return false;
      const above = fields.filter((one) => getNamedType(one.field.type) === type);
      return above.length === 0 || above.some((one) => !costs.get(one.field)!.size?.sizedFields.includes(field.name));
    })
    .map(({ type, field }) => `${type.name}.${field.name}`);
}
