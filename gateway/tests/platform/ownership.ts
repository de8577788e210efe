import { readFileSync } from 'node:fs';
import { NODE_OWNERS } from '@tintype/schema/node-owners';
import {
  buildSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

const read = (path: string) => readFileSync(new URL(`../../../schema/${path}`, import.meta.url), 'utf8');
const api = buildSchema(read('api.graphql'));

/**
 * The subgraphs that a subgraph needs to decide what the viewer may see of others. The remaining subgraphs need none.
 */
const ASKS: Readonly<Record<string, readonly string[]>> = {
  user: ['social-graph'],
  post: ['social-graph'],
  feed: ['post', 'social-graph', 'engagement', 'search'],
  engagement: ['post', 'social-graph', 'user'],
  moderation: ['user', 'social-graph', 'post', 'engagement'],
  notification: ['user', 'social-graph'],
  search: ['post', 'social-graph'],
};
/** A node is null while its owner is unavailable, or cannot decide whether the viewer may see it. */
const OWNERS: Readonly<Record<string, string>> = NODE_OWNERS;

export type Ownership = {
  isOwner(subgraph: string, type: string, field: string): boolean;
  /** Fields that are null or shorter in a later response. */
  missing(document: DocumentNode, before: object, after: object): Missing[];
  /** Whether the field depends on the unavailable subgraph, so that it may be missing. */
  mayLack(away: string, missing: Missing): boolean;
};

/** A field that had a value or a longer list before. */
export type Missing = {
  path: string;
  type: string;
  field: string;
  of: GraphQLNamedType;
  /** Whether an object around it has `isStale`, so that parts may be missing. */
  isStale: boolean;
};

export function createOwnership(): Ownership {
  const graphs = new Map<string, string[]>();
  for (const type of parse(read('supergraph.graphql')).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const own = graphsOf(field.directives, 'join__field');
      graphs.set(
        `${type.name.value}.${field.name.value}`,
        own.length > 0 ? own : graphsOf(type.directives, 'join__type'),
      );
    }
  }
  const ownersOf = (type: string, field: string) => graphs.get(`${type}.${field}`) ?? [];
  const needs = (away: string, owner: string) => owner === away || (ASKS[owner] ?? []).includes(away);

  return {
    isOwner: (subgraph, type, field) => ownersOf(type, field).includes(subgraph),
    mayLack(away, { type, field, of }) {
      const shown = isAbstractType(of) ? api.getPossibleTypes(of) : [of];
      const entities = shown.flatMap(({ name }) => OWNERS[name] ?? []);
      return [...ownersOf(type, field), ...entities].some((owner) => needs(away, owner));
    },
    missing(document, before, after) {
      const found: Missing[] = [];
      const compare = (
        was: unknown,
        is: unknown,
        type: GraphQLNamedType,
        selections: SelectionSetNode,
        at: Pick<Missing, 'path' | 'isStale'>,
      ) => {
        if (Array.isArray(was)) {
          for (const [index, one] of was.entries())
            compare(one, (is as unknown[])[index], type, selections, { ...at, path: `${at.path}.${index}` });
          return;
        }
        if (was === null || is === null || is === undefined) return;
        const isStale = at.isStale || (is as { isStale?: boolean }).isStale === true;
        for (const selection of selections.selections) {
          if (selection.kind === Kind.INLINE_FRAGMENT)
            compare(was, is, api.getType(selection.typeCondition!.name.value)!, selection.selectionSet, at);
          if (selection.kind !== Kind.FIELD || selection.name.value === '__typename') continue;
          if (!isObjectType(type) && !isInterfaceType(type)) continue;
          const key = selection.alias?.value ?? selection.name.value;
          const [old, now] = [(was as Record<string, unknown>)[key], (is as Record<string, unknown>)[key]];
          if (old === undefined) continue;
          const field = selection.name.value;
          const of = getNamedType(type.getFields()[field]!.type);
          const path = `${at.path}.${key}`;
          const isShorter = Array.isArray(old) && Array.isArray(now) && now.length < old.length;
          if (old !== null && (now === null || isShorter)) found.push({ path, type: type.name, field, of, isStale });
          else if (selection.selectionSet) compare(old, now, of, selection.selectionSet, { path, isStale });
        }
      };
      compare(before, after, api.getQueryType()!, operationOf(document).selectionSet, { path: '', isStale: false });
      return found;
    },
  };
}

/** Variables with valid types that refer to objects that do not exist. */
export function inputFor(document: DocumentNode): Record<string, unknown> {
  const { variableDefinitions = [] } = operationOf(document);
  return Object.fromEntries(
    variableDefinitions.map(({ variable, type }) => [
      variable.name.value,
      sampleOf(typeFromAST(api, type) as GraphQLInputType),
    ]),
  );
}

function sampleOf(type: GraphQLInputType): unknown {
  if (!isNonNullType(type)) return null;
  const inner = type.ofType;
  if (isListType(inner)) return [];
  if (isEnumType(inner)) return inner.getValues()[0]!.name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields()).filter((field) => isNonNullType(field.type));
    return Object.fromEntries(fields.map((field) => [field.name, field.defaultValue ?? sampleOf(field.type)]));
  }
  if (inner.name === 'Boolean') return true;
  return ['Int', 'Float'].includes(inner.name) ? 1 : '1';
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  return document.definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)!;
}

function graphsOf(directives: readonly ConstDirectiveNode[] = [], name: string): string[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .flatMap(({ arguments: given = [] }) =>
      given.flatMap((one) => (one.name.value === 'graph' && one.value.kind === Kind.ENUM ? [one.value.value] : [])),
    )
    .map((graph) => graph.toLowerCase().replaceAll('_', '-'));
}
