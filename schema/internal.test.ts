import {
  type FieldNode,
  type GraphQLObjectType,
  isObjectType,
  type NameNode,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { expect, test } from 'vitest';
import { InternalOperationError, internalOperations, internalText } from './internal.ts';
import { SUBGRAPHS, type SubgraphName, subgraphSdl } from './subgraphs.ts';

type Asked = { subgraph: SubgraphName; operation: string; type: string; field: string; argument?: string };

/** Every field and argument of the SDL that an internal operation names. */
function askedOf(subgraph: SubgraphName): Asked[] {
  const { schema, operations } = internalOperations(subgraph);
  const asked: Asked[] = [];
  for (const operation of operations) {
    const info = new TypeInfo(schema);
    const name = operation.name!.value;
    const enter = (node: FieldNode) => {
      const parent = info.getParentType() as GraphQLObjectType;
      const { value: field } = node.name;
      if (field.startsWith('_') || !isObjectType(parent)) return;
      asked.push({ subgraph, operation: name, type: parent.name, field });
      for (const { name: argument } of node.arguments ?? [])
        asked.push({ subgraph, operation: name, type: parent.name, field, argument: argument.value });
    };
    visit(operation, visitWithTypeInfo(info, { Field: { enter } }));
  }
  return asked;
}

/** A copy of the SDL in which one field, or one of its arguments, has another name. */
function renamed(sdl: string, { type, field, argument }: Asked): string {
  const rename = (name: NameNode) => ({ ...name, value: `${name.value}New` });
  // Without its interfaces, because the SDL would be invalid if the type lacks one of their fields.
  const ofType = <Node extends { name: NameNode }>(node: Node) =>
    node.name.value === type ? { ...node, interfaces: [] } : false;
  const copy = visit(parse(sdl), {
    ObjectTypeDefinition: ofType,
    ObjectTypeExtension: ofType,
    InterfaceTypeDefinition: () => false,
    FieldDefinition: (node) => {
      if (node.name.value !== field) return false;
      return argument === undefined ? { ...node, name: rename(node.name) } : undefined;
    },
    InputValueDefinition: (node) => (node.name.value === argument ? { ...node, name: rename(node.name) } : undefined),
  });
  // Fields of a key cannot be renamed without making the SDL invalid.
  return print(copy).replaceAll(`fields: "${field}"`, argument ? `fields: "${field}"` : `fields: "${field}New"`);
}

const all = SUBGRAPHS.flatMap(askedOf);

test('most subgraphs have operations, each with a unique name', () => {
  const names = SUBGRAPHS.flatMap((subgraph) => internalOperations(subgraph).operations.map((one) => one.name!.value));
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});

const titled = all.map((asked) => {
  const { operation, type, field, argument } = asked;
  return [operation, argument === undefined ? `${type}.${field}` : `${type}.${field}(${argument}:)`, asked] as const;
});

test.each(titled)('%s is refused where %s has another name in the SDL', (_operation, _coordinate, asked) => {
  const { subgraph } = asked;
  const sdl = renamed(subgraphSdl(subgraph), asked);
  const check = () => internalOperations(subgraph, internalText(subgraph), sdl);
  expect(check).toThrow(InternalOperationError);
  expect(check).toThrow(
    new RegExp(`^schema/internal/${subgraph}\\.graphql:\\d+: .*${asked.argument ?? asked.field}`, 'm'),
  );
});

test('an operation without a name is refused', () => {
  expect(() => internalOperations('user', 'query { jwks }')).toThrow(
    'user.graphql:1: An internal operation needs a name.',
  );
});

test('inaccessible fields are exactly those that other parts of the platform select', () => {
  for (const subgraph of SUBGRAPHS) {
    const marked = { internal: [] as string[], inaccessible: [] as string[] };
    visit(parse(subgraphSdl(subgraph)), {
      FieldDefinition({ name, directives }) {
        for (const mark of ['internal', 'inaccessible'] as const)
          if (directives?.some((directive) => directive.name.value === mark)) marked[mark].push(name.value);
      },
    });
    expect(marked.internal).toEqual(marked.inaccessible);
  }
});
