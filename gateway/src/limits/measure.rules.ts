import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { GatewayError } from '#errors/errors.ts';
import { type Amount, add, type Factor, times } from './amount.ts';
import type { Costs, FieldCost, ListSize } from './costs.ts';
import { DEFAULT_PAGE, MAX_PAGE, WEIGHTS } from './limits.ts';

/** The measures of a selection set with its fragments expanded. Counts of doubling fragments may be Infinity. */
export type Measure = {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  directives: number;
  selections: number;
  /** Fields directly in the set. */
  fields: number;
  /** How many of them log in. */
  logins: number;
  /** How many of them take a password. */
  passwords: number;
  /** Fields that need a call to a store or another subgraph, once for all objects that have them. */
  reads: number;
  /** The cost of everything below that occurs once. */
  once: Amount;
  /** The cost of everything that occurs once per item of the page that the set belongs to: what is under `edges`. */
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
  passwords: 0,
  reads: 0,
  once: 0,
  perItem: 0,
};

export type Measurer = {
  selections(node: SelectionSetNode, parent: GraphQLCompositeType | undefined): Measure;
  /** @throws GatewayError FRAGMENT_CYCLE */
  fragment(name: string): Measure;
};

/** The cost of the selection set of an operation. */
export function costOfOperation(measure: Measure): Amount {
  return add(measure.once, measure.reads * WEIGHTS.read);
}

/** Unknown fields count as plain objects here, and validation refuses them afterwards. */
const UNKNOWN: FieldCost = {
  own: 0,
  object: WEIGHTS.object,
  isRead: false,
  isList: false,
  isLogin: false,
  takesPassword: false,
  size: null,
};

/** Measures the selection sets of one document, each fragment once. */
export function createMeasurer(schema: GraphQLSchema, costs: Costs, document: DocumentNode): Measurer {
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
      sum.passwords += part.passwords;
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
    const cost = (definition && costs.get(definition)) ?? UNKNOWN;
    const below = node.selectionSet ? selections(node.selectionSet, isCompositeType(type) ? type : undefined) : EMPTY;
    return {
      depth: introspects ? 1 : below.depth + 1,
      introspectionDepth: introspects ? below.depth + 1 : below.introspectionDepth,
      aliases: below.aliases + (node.alias ? 1 : 0),
      directives: below.directives,
      selections: below.selections + 1,
      fields: 1,
      logins: cost.isLogin ? 1 : 0,
      passwords: cost.takesPassword ? 1 : 0,
      reads: below.reads + (cost.isRead ? 1 : 0),
      ...(node.selectionSet ? objectsOf(node, cost, below) : { once: cost.own + WEIGHTS.leaf, perItem: 0 }),
    };
  };

  const typeNamed = (name: string | undefined): GraphQLCompositeType | undefined => {
    const type = name === undefined ? undefined : schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  };

  return { selections, fragment };
}

function objectsOf(node: FieldNode, cost: FieldCost, below: Measure): Pick<Measure, 'once' | 'perItem'> {
  const { own, object, isList, size } = cost;
  if (!size) {
    const whole = add(object, below.once);
    return isList ? { once: own, perItem: whole } : { once: add(own, whole), perItem: 0 };
  }
  const sizes = sizesOf(node, size);
  const fixed = size.slicingArguments.length > 0 ? own + WEIGHTS.page : own;
  const isConnection = size.sizedFields.length > 0;
  const whole = isConnection ? add(WEIGHTS.row, below.perItem) : add(object, below.once);
  const once = isConnection ? add(fixed, object, below.once) : fixed;
  return { once: add(once, ...sizes.map((one) => times(whole, one))), perItem: 0 };
}

/** The sum of the sizes that the operation gives, or the default size of the list. */
function sizesOf(node: FieldNode, { slicingArguments, assumedSize }: ListSize): readonly Factor[] {
  const given = node.arguments?.filter(({ name }) => slicingArguments.includes(name.value)) ?? [];
  if (given.length === 0) return [assumedSize];
  return given.map(({ value }) => {
    if (value.kind === Kind.VARIABLE) return { variable: value.name.value };
    if (value.kind === Kind.LIST) return pageSizeOf(value.values);
    return pageSizeOf(value.kind === Kind.INT ? Number(value.value) : null);
  });
}

/**
 * The number of items from the value of a slicing argument, or its length. Lists themselves refuse more than the
 * largest page.
 */
export function pageSizeOf(value: unknown): number {
  if (Array.isArray(value)) return Math.min(value.length, MAX_PAGE);
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
