import { type InterfaceTypeDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { type ServiceName, SUBGRAPHS, type SubgraphName, subgraphSdl } from './subgraphs.ts';

/** A type whose objects `node` finds: it implements `Node` in the SDL of its owner. */
export type NodeType = {
  name: string;
  /** The subgraph that decides whether the viewer may see an object. */
  owner: SubgraphName;
  /** The field by which other subgraphs refer to an object. */
  key: string;
};

type SdlOf = (subgraph: SubgraphName) => string;
type Defined = { subgraph: SubgraphName; type: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode };

/** The types of nodes, by name. @throws Error if a type implements `Node` in the SDL of several subgraphs */
export function listNodeTypes(sdlOf: SdlOf = subgraphSdl): NodeType[] {
  const nodes = new Map<string, NodeType>();
  for (const { subgraph, type } of definedTypes(sdlOf)) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION || !interfacesOf(type).includes('Node')) continue;
    const name = type.name.value;
    const other = nodes.get(name)?.owner;
    if (other) throw new Error(`${name} implements Node in the SDL of ${other} and ${subgraph}. Only one can own it.`);
    nodes.set(name, { name, owner: subgraph, key: keyOf(type) });
  }
  return [...nodes.values()].sort((one, two) => (one.name < two.name ? -1 : 1));
}

/**
 * The types with which global IDs begin: all types of objects that have one. If an interface implements `Node`, the IDs
 * of all its types begin with the interface.
 */
export function listIdTypes(sdlOf: SdlOf = subgraphSdl): string[] {
  const types = definedTypes(sdlOf);
  const shared = types.filter(({ type }) => type.kind === Kind.INTERFACE_TYPE_DEFINITION);
  const prefixes = new Set(
    shared.filter(({ type }) => interfacesOf(type).includes('Node')).map(({ type }) => type.name.value),
  );
  const identified = types.filter(({ type }) => type.kind === Kind.OBJECT_TYPE_DEFINITION && hasGlobalId(type));
  const names = identified.map(({ type }) => interfacesOf(type).find((one) => prefixes.has(one)) ?? type.name.value);
  return [...new Set(names)].sort();
}

/** The SDL of a service. That of the gateway, which resolves `node`, has a stub for each type of nodes. */
export function serviceSdl(name: ServiceName): string {
  return name === 'gateway' ? [subgraphSdl(name), ...listNodeTypes().map(stubOf)].join('\n') : subgraphSdl(name);
}

function stubOf({ name, key }: NodeType): string {
  const fields = key === 'id' ? 'id: ID!' : `id: ID! @shareable ${key}: String!`;
  return `type ${name} implements Node @key(fields: "${key}", resolvable: false) { ${fields} }`;
}

function definedTypes(sdlOf: SdlOf): Defined[] {
  return SUBGRAPHS.flatMap((subgraph) =>
    parse(sdlOf(subgraph)).definitions.flatMap((type) =>
      type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
        ? [{ subgraph, type }]
        : [],
    ),
  );
}

function interfacesOf({ interfaces = [] }: Defined['type']): string[] {
  return interfaces.map(({ name }) => name.value);
}

function hasGlobalId({ fields = [] }: Defined['type']): boolean {
  return fields.some(
    ({ name, type }) =>
      name.value === 'id' &&
      type.kind === Kind.NON_NULL_TYPE &&
      type.type.kind === Kind.NAMED_TYPE &&
      type.type.name.value === 'ID',
  );
}

function keyOf({ name, directives = [] }: ObjectTypeDefinitionNode): string {
  const key = directives.find((one) => one.name.value === 'key');
  const fields = key?.arguments?.find((one) => one.name.value === 'fields')?.value;
  if (fields?.kind !== Kind.STRING) throw new Error(`${name.value} implements Node, so it needs a @key.`);
  return fields.value;
}
