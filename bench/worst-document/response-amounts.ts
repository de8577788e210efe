import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** The amounts in a response that determine its time, by the name of a weight or of a field that is read. */
export type Amounts = Map<string, number>;

/**
 * Counts objects with and without an id, leaves and pages of the response, and the fields, spreads and reads of the
 * document.
 */
export function createResponseCounter(schema: GraphQLSchema): (text: string, data: unknown) => Amounts {
  const hasId = (type: GraphQLNamedType) =>
    isObjectType(type) && Object.values(type.getFields()).some((one) => getNamedType(one.type).name === 'ID');

  return (text, data) => {
    const amounts: Amounts = new Map();
    const count = (name: string, by = 1): void => {
      amounts.set(name, (amounts.get(name) ?? 0) + by);
    };
    const document = parse(text, { noLocation: true });
    const fragments = fragmentsOf(document);
    const reads = new Set<string>();

    const walkField = (node: FieldNode, parent: GraphQLNamedType, value: unknown, path: string): void => {
      const field = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined;
      const type = field && getNamedType(field.type);
      if (!type || isLeafType(type) || !node.selectionSet) {
        count('leaf');
        return;
      }
      const isPage = field.args.some(({ name }) => name === 'first');
      if (isPage) count('page');
      const key = node.alias?.value ?? node.name.value;
      if ((isPage || hasId(type) || parent === schema.getQueryType()) && !reads.has(`${path}/${key}`)) {
        reads.add(`${path}/${key}`);
        count('read');
        count(`${parent.name}.${node.name.value}`);
      }
      for (const one of [value].flat()) {
        if (!isRecord(one)) continue;
        count(hasId(type) ? 'identified' : 'object');
        walkSet(node.selectionSet, type, one, `${path}/${key}`);
      }
    };
    const walkSet = (set: SelectionSetNode, type: GraphQLNamedType, value: Record<string, unknown>, path: string) => {
      for (const node of set.selections) {
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          if (key in value) walkField(node, type, value[key], path);
          continue;
        }
        const below = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)!;
        walkSet(below.selectionSet, schema.getType(below.typeCondition?.name.value ?? '') ?? type, value, path);
      }
    };

    const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)!;
    count('selection', sizeOf(operation.selectionSet, fragments));
    if (isRecord(data)) walkSet(operation.selectionSet, schema.getQueryType()!, data, '');
    return amounts;
  };
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
}

/** Fields and spreads, with fragments expanded. */
function sizeOf(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  return set.selections.reduce((sum, node) => {
    const below = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value)!.selectionSet : node.selectionSet;
    return sum + 1 + (below ? sizeOf(below, fragments) : 0);
  }, 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
