import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { GatewayError } from '#errors/errors.ts';
import { type Amount, add, type Factor, times } from './amount.ts';
import {
  DEFAULT_PAGE,
  FIELD_COSTS,
  INTROSPECTION_LIST,
  LIST_SIZES,
  LOGIN_FIELDS,
  MAX_PAGE,
  PARTS,
  PLAIN_LIST,
  WEIGHTS,
} from './limits.ts';

/** What a selection set amounts to with its fragments expanded. Counts of doubling fragments may be Infinity. */
export type Measure = {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  directives: number;
  selections: number;
  /** Fields directly in the set. */
  fields: number;
  /** Those of them that log in. */
  logins: number;
  /** Fields for which a store or another subgraph is asked, once for all objects that have them. */
  reads: number;
  /** Cost of what is below it and comes once. */
  once: Amount;
  /** Cost of what comes once per item, where its field is a connection: what is under `edges`. */
  perItem: Amount;
};

const EMPTY: Measure = {
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  directives: 0,
  selections: 0,
  fields: 0,
  logins: 0,
  reads: 0,
  once: 0,
  perItem: 0,
};

export type Measurer = {
  selections(node: SelectionSetNode, parent: GraphQLCompositeType | undefined): Measure;
  /** @throws GatewayError FRAGMENT_CYCLE */
  fragment(name: string): Measure;
};

/** Cost of the selection set of an operation. */
export function costOfOperation(measure: Measure): Amount {
  return add(totalOf(measure, PLAIN_LIST), measure.reads * WEIGHTS.read);
}

/** Cost of a set whose own field is no connection, its reads aside. */
function totalOf(measure: Measure, listSize: number): Amount {
  return add(measure.once, times(measure.perItem, listSize));
}

/**
 * Measures the selection sets of one document, each fragment once. Knows the schema for the sizes of lists only: fields that
 * it does not have count as objects, and validation refuses them afterwards.
 */
export function createMeasurer(schema: GraphQLSchema, document: DocumentNode): Measurer {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const measured = new Map<string, Measure | 'measuring'>();

  const fragment = (name: string): Measure => {
    const known = measured.get(name);
    if (known === 'measuring')
      throw new GatewayError('FRAGMENT_CYCLE', `The fragment ${name} is spread within itself.`);
    if (known) return known;
    const node = fragments.get(name);
    if (!node) return EMPTY;
    measured.set(name, 'measuring');
    const type = schema.getType(node.typeCondition.name.value);
    const measure = selections(node.selectionSet, isCompositeType(type) ? type : undefined);
    const whole = { ...measure, directives: measure.directives + (node.directives?.length ?? 0) };
    measured.set(name, whole);
    return whole;
  };

  const selections = (set: SelectionSetNode, parent: GraphQLCompositeType | undefined): Measure => {
    const sum = { ...EMPTY };
    const once: Amount[] = [];
    const perItem: Amount[] = [];
    for (const node of set.selections) {
      const part =
        node.kind === Kind.FIELD
          ? field(node, parent)
          : node.kind === Kind.FRAGMENT_SPREAD
            ? fragment(node.name.value)
            : selections(node.selectionSet, typeNamed(node.typeCondition?.name.value) ?? parent);
      sum.depth = Math.max(sum.depth, part.depth);
      sum.introspectionDepth = Math.max(sum.introspectionDepth, part.introspectionDepth);
      sum.aliases += part.aliases;
      sum.directives += part.directives + (node.directives?.length ?? 0);
      sum.selections += part.selections + (node.kind === Kind.FIELD ? 0 : 1);
      sum.fields += part.fields;
      sum.logins += part.logins;
      sum.reads += part.reads;
      once.push(part.once);
      perItem.push(part.perItem);
    }
    return { ...sum, once: add(...once), perItem: add(...perItem) };
  };

  const field = (node: FieldNode, parent: GraphQLCompositeType | undefined): Measure => {
    const name = node.name.value;
    const introspects = name === '__schema' || name === '__type';
    const definition = definitionOf(parent, name);
    const type = definition && getNamedType(definition.type);
    const below = node.selectionSet ? selections(node.selectionSet, isCompositeType(type) ? type : undefined) : EMPTY;
    return {
      depth: introspects ? 1 : below.depth + 1,
      introspectionDepth: introspects ? below.depth + 1 : below.introspectionDepth,
      aliases: below.aliases + (node.alias ? 1 : 0),
      directives: below.directives,
      selections: below.selections + 1,
      fields: 1,
      logins: LOGIN_FIELDS.has(name) ? 1 : 0,
      reads: below.reads + (isRead(definition, parent) ? 1 : 0),
      ...(node.selectionSet
        ? objectsOf(node, definition, below, parent)
        : { once: WEIGHTS.leaf + ownCost(node, parent), perItem: 0 }),
    };
  };

  const typeNamed = (name: string | undefined): GraphQLCompositeType | undefined => {
    const type = name === undefined ? undefined : schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  };

  return { selections, fragment };
}

function objectsOf(
  node: FieldNode,
  definition: GraphQLField<unknown, unknown> | undefined,
  below: Measure,
  parent: GraphQLCompositeType | undefined,
): Pick<Measure, 'once' | 'perItem'> {
  const introspects = parent?.name.startsWith('__') || node.name.value.startsWith('__');
  const listSize = introspects ? INTROSPECTION_LIST : PLAIN_LIST;
  const isList = definition !== undefined && isListType(getNullableType(definition.type));
  const own = ownCost(node, parent);
  const type = definition && getNamedType(definition.type);
  const object = type && hasId(type) && !PARTS.has(type.name) ? WEIGHTS.identified : WEIGHTS.object;
  const first = pageSize(node, definition);
  if (first === null) {
    const whole = add(object, totalOf(below, listSize));
    const known = LIST_SIZES.get(`${parent?.name}.${node.name.value}`);
    if (known !== undefined) return { once: add(own, times(whole, known)), perItem: 0 };
    return isList ? { once: own, perItem: whole } : { once: add(own, whole), perItem: 0 };
  }
  const page = own + WEIGHTS.page;
  if (isList) return { once: add(page, times(add(object, totalOf(below, listSize)), first)), perItem: 0 };
  return { once: add(page, object, below.once, times(below.perItem, first)), perItem: 0 };
}

function ownCost(node: FieldNode, parent: GraphQLCompositeType | undefined): number {
  return FIELD_COSTS.get(`${parent?.name}.${node.name.value}`) ?? 0;
}

/** Whether a field is read from somewhere: root fields are, pages, and everything that has an id. */
function isRead(
  definition: GraphQLField<unknown, unknown> | undefined,
  parent: GraphQLCompositeType | undefined,
): boolean {
  if (!definition || parent?.name.startsWith('__') || definition.name.startsWith('__')) return false;
  if (definition.args.some((one) => one.name === 'first')) return true;
  return hasId(getNamedType(definition.type));
}

function hasId(type: GraphQLNamedType): boolean {
  if (isUnionType(type)) return type.getTypes().some(hasId);
  return isObjectType(type) && Object.values(type.getFields()).some((one) => getNamedType(one.type).name === 'ID');
}

/** Size of the page that a field asks for; null where it is no paged list. */
function pageSize(node: FieldNode, definition: GraphQLField<unknown, unknown> | undefined): Factor | null {
  const argument = node.arguments?.find((one) => one.name.value === 'first');
  if (!argument) return definition?.args.some((one) => one.name === 'first') ? DEFAULT_PAGE : null;
  if (argument.value.kind === Kind.VARIABLE) return { variable: argument.value.name.value };
  return pageSizeOf(argument.value.kind === Kind.INT ? Number(argument.value.value) : null);
}

/** A value of `first` as a number of items: lists refuse more than the largest page themselves. */
export function pageSizeOf(value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return DEFAULT_PAGE;
  return Math.min(Math.max(value, 1), MAX_PAGE);
}

function definitionOf(
  parent: GraphQLCompositeType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === '__schema') return SchemaMetaFieldDef;
  if (name === '__type') return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
