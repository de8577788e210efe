import { existsSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { type SubgraphName, subgraphSdl } from './subgraphs.ts';

/**
 * A document in `schema/internal` selects something that its subgraph does not have. The message has the file, the line
 * and the error.
 */
export class InternalOperationError extends Error {
  override name = 'InternalOperationError';
}

export type InternalOperations = { schema: GraphQLSchema; operations: readonly OperationDefinitionNode[] };

/** The operations that other parts of the platform send to a subgraph, as written by hand. Empty if there are none. */
export function internalText(subgraph: SubgraphName): string {
  const url = new URL(`./internal/${subgraph}.graphql`, import.meta.url);
  return existsSync(url) ? readFileSync(url, 'utf8') : '';
}

/**
 * The operations of a file, checked against the SDL of the subgraph that answers them, not against the supergraph: they
 * are sent to this subgraph as they are. The supergraph would allow fields of two subgraphs, and has no `_entities`.
 *
 * @throws InternalOperationError
 */
export function internalOperations(
  subgraph: SubgraphName,
  text = internalText(subgraph),
  sdl = subgraphSdl(subgraph),
): InternalOperations {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  if (text.trim() === '') return { schema, operations: [] };
  const document = parse(text);
  const faults = validate(schema, document).map(({ message, locations }) => ({
    line: locations?.[0]?.line ?? 1,
    message,
  }));
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  for (const { name, loc } of operations) {
    if (!name) faults.push({ line: loc?.startToken.line ?? 1, message: 'An internal operation needs a name.' });
  }
  if (faults.length > 0) {
    const lines = faults.map(({ line, message }) => `schema/internal/${subgraph}.graphql:${line}: ${message}`);
    throw new InternalOperationError(lines.join('\n'));
  }
  return { schema, operations };
}
