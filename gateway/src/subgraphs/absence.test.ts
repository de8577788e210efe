import { NODE_OWNERS } from '@tintype/schema/node-owners';
import { schemaOf, supergraphSdl } from '@tintype/schema/subgraphs';
import type { TypeNode } from 'graphql';
import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';

/** The owner of each entity, as in the supergraph. An entity is null while its owner is unavailable. */
const OWNERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NODE_OWNERS).map(([type, owner]) => [type, schemaOf(owner).toUpperCase()]),
);

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation']);

const definitions = parse(supergraphSdl()).definitions;
const isPublic = ({ directives = [] }: { directives?: readonly ConstDirectiveNode[] | undefined }) =>
  !directives.some(({ name }) => name.value === 'inaccessible');
const types = definitions.filter((one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION);
const unions = new Map(
  definitions.flatMap((one) =>
    one.kind === Kind.UNION_TYPE_DEFINITION ? [[one.name.value, (one.types ?? []).map(({ name }) => name.value)]] : [],
  ),
);

function graphsOf(node: { directives?: readonly ConstDirectiveNode[] | undefined }, directive: string): string[] {
  const joins = (node.directives ?? []).filter(({ name }) => name.value === directive);
  return joins.flatMap(({ arguments: given = [] }) =>
    given.flatMap(({ name, value }) => (name.value === 'graph' && value.kind === Kind.ENUM ? [value.value] : [])),
  );
}

function fields(): { type: ObjectTypeDefinitionNode; field: FieldDefinitionNode; graphs: string[] }[] {
  return types.filter(isPublic).flatMap((type) =>
    (type.fields ?? []).filter(isPublic).map((field) => {
      const own = graphsOf(field, 'join__field');
      return { type, field, graphs: own.length > 0 ? own : graphsOf(type, 'join__type') };
    }),
  );
}

/** Whether a null in the type propagates to the object that has the field. */
function passesNull(type: TypeNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && (type.type.kind === Kind.NAMED_TYPE || passesNull(type.type.type));
}

function namesOf(type: TypeNode): string[] {
  if (type.kind !== Kind.NAMED_TYPE) return namesOf(type.type);
  return unions.get(type.name.value) ?? [type.name.value];
}

test('fields that a subgraph adds to entities of others are nullable, and so are queries and mutations', () => {
  const added = fields().filter(({ type, graphs }) => {
    const owner = OWNERS[type.name.value];
    return ROOTS.has(type.name.value) || (owner !== undefined && !graphs.includes(owner));
  });
  expect(added.length).toBeGreaterThan(80);
  for (const root of ROOTS)
    expect(
      added.some(({ type }) => type.name.value === root),
      root,
    ).toBe(true);
  // The gateway answers its own fields in any case.
  const wrong = added.filter(({ field, graphs }) => field.type.kind === Kind.NON_NULL_TYPE && graphs[0] !== 'GATEWAY');
  expect(wrong.map(({ type, field }) => `${type.name.value}.${field.name.value}`)).toEqual([]);
});

test('a reference to what another subgraph owns may be null without what refers to it', () => {
  const references = fields().filter(({ graphs, field }) =>
    namesOf(field.type).some((name) => OWNERS[name] !== undefined && !graphs.includes(OWNERS[name])),
  );
  expect(references.length).toBeGreaterThan(10);
  const wrong = references.filter(({ field }) => passesNull(field.type));
  expect(wrong.map(({ type, field }) => `${type.name.value}.${field.name.value}`)).toEqual([]);
});

test('every entity that several subgraphs have fields of has an owner', () => {
  const shared = types.filter((type) => graphsOf(type, 'join__type').length > 1 && !ROOTS.has(type.name.value));
  const entities = shared.filter(({ directives = [] }) =>
    directives.some(({ arguments: given = [] }) => given.some(({ name }) => name.value === 'key')),
  );
  expect(entities.map(({ name }) => name.value).filter((name) => OWNERS[name] === undefined)).toEqual([]);
});
