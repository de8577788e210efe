import * as fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import { evaluate } from './amount.ts';
import { readCosts } from './costs.ts';
import { costOfOperation, createMeasurer, pageSizeOf } from './measure.rules.ts';

const schema = buildSchema(`
  directive @cost(weight: Int!) on OBJECT
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  type Query { user: User }
  type User @cost(weight: 8) {
    id: ID
    name: String
    user: User
    users(first: Int = 20): Users @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    list: [User] @listSize(assumedSize: 7)
  }
  type Users { edges: [Edge!]! user: User }
  type Edge { node: User }
`);
const costs = readCosts(schema);

type Field = { alias: string; name: 'id' | 'user' | 'list' | 'users'; page: string; directive: boolean; below: Node[] };
type Node = Field | { fragment: number } | { inline: Node[] };

const FRAGMENTS = 5;

const { nodes } = fc.letrec<{ node: Node; nodes: Node[] }>((tie) => ({
  nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3, depthIdentifier: 'set' }),
  node: fc.oneof(
    { depthIdentifier: 'set', maxDepth: 4 },
    fc.record({ fragment: fc.nat(FRAGMENTS - 1) }),
    fc.record({ inline: tie('nodes') }),
    fc.record({
      alias: fc.constantFrom('', 'a: '),
      name: fc.constantFrom('id', 'user', 'list', 'users'),
      page: fc.constantFrom('', '(first: 3)', '(first: $n)', '(first: 500)'),
      directive: fc.boolean(),
      below: tie('nodes'),
    }),
  ),
}));

/** The text of a selection set. A fragment spreads only later ones, so there are no cycles. */
function write(set: Node[], spread: (fragment: number) => string): string {
  const parts = set.map((node) => {
    if ('fragment' in node) return spread(node.fragment);
    if ('inline' in node) return `... on User { ${write(node.inline, spread)} }`;
    const directive = node.directive ? ' @include(if: true)' : '';
    if (node.name === 'id') return `${node.alias}id${directive}`;
    const below = write(node.below, spread);
    if (node.name !== 'users') return `${node.alias}${node.name}${directive} { ${below} }`;
    return `${node.alias}users${node.page}${directive} { edges { node { ${below} } } }`;
  });
  return `id ${parts.join(' ')}`;
}

function measure(text: string, n: number) {
  const document = parse(text);
  const operation = document.definitions[0]!;
  if (operation.kind !== 'OperationDefinition') throw new Error('the operation comes first');
  const measured = createMeasurer(schema, costs, document).selections(operation.selectionSet, schema.getQueryType()!);
  const { once: _, perItem: __, ...counts } = measured;
  return { ...counts, cost: evaluate(costOfOperation(measured), () => pageSizeOf(n)) };
}

it('measures a document with fragments as the same document with the fragments written out', () => {
  const fragments = fc.array(nodes, { minLength: FRAGMENTS, maxLength: FRAGMENTS });
  fc.assert(
    fc.property(nodes, fragments, fc.integer({ min: 1, max: 100 }), (root, bodies, n) => {
      const named = (after: number) => (index: number) => (index > after ? `...F${index}` : 'name');
      const writtenOut =
        (after: number) =>
        (index: number): string =>
          index > after ? `... on User { ${write(bodies[index]!, writtenOut(index))} }` : 'name';
      const definitions = bodies.map((body, i) => `fragment F${i} on User { ${write(body, named(i))} }`).join(' ');
      const short = `{ user { ${write(root, named(-1))} } } ${definitions}`;
      const long = `{ user { ${write(root, writtenOut(-1))} } }`;
      fc.pre(long.length < 200_000);
      expect(measure(short, n)).toEqual(measure(long, n));
    }),
    { numRuns: 200 },
  );
});
