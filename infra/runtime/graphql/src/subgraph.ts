import { randomUUID } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Log } from '@tintype/telemetry';
import type { Viewer, ViewerPass } from '@tintype/viewer';
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { presentErrors } from './errors.present.ts';
import { DateTime } from './scalars.ts';

/** What resolvers get: narrow on purpose, services come to them through their factories. */
export type SubgraphContext<Loaders> = {
  viewer: Viewer | null;
  pass: ViewerPass;
  loaders: Loaders;
  log: Log;
  signal: AbortSignal;
};

export type SubgraphRequest = {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  pass: ViewerPass;
  signal?: AbortSignal | undefined;
};

export type Subgraph = {
  name: string;
  schema: GraphQLSchema;
  /** Never rejects: whatever goes wrong is in the result's `errors`, masked. */
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
};

// biome-ignore lint/suspicious/noExplicitAny: resolver signatures are checked by the types generated from the SDL.
type ResolverMap = Record<string, any>;

/** The gateway sends a few dozen distinct documents per client version. */
const DOCUMENTS = 1000;
/**
 * Requests whose loaders are kept. Nobody tells a subgraph when a request has ended, and loaders hold all that it read, some 25 KB
 * for a feed: as many as can be under way, and a request that is pushed out while it is under way merely reads something twice.
 */
const LOADERS = 500;

/**
 * A subgraph that can be called in process or served over HTTP.
 *
 * All fetches of one gateway query share their loaders, so that nothing is resolved twice however the gateway plans; each
 * fetch of a mutation has its own, because what one field changed the next must see.
 */
export function createSubgraph<Loaders>(options: {
  name: string;
  typeDefs: string;
  resolvers: object;
  createLoaders(pass: ViewerPass): Loaders;
  log: Log;
}): Subgraph {
  const { name, createLoaders, log } = options;
  const resolvers: ResolverMap = { DateTime, ...options.resolvers };
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers }]);
  const documents = new LRUCache<string, DocumentNode>({ max: DOCUMENTS });
  const requests = new LRUCache<string, { loaders: Loaders }>({ max: LOADERS });

  const loadersOf = (pass: ViewerPass): Loaders => {
    if (pass.operation === 'mutation') return createLoaders(pass);
    // Ids of requests are the gateway's own; the viewer is part of the key so that none could ever be shared between two.
    const key = `${pass.requestId}:${pass.viewer?.userId ?? ''}`;
    const known = requests.get(key);
    if (known) return known.loaders;
    const loaders = createLoaders(pass);
    requests.set(key, { loaders });
    return loaders;
  };

  const documentOf = (query: string): DocumentNode | ExecutionResult => {
    const known = documents.get(query);
    if (known) return known;
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    documents.set(query, document);
    return document;
  };

  return {
    name,
    schema,
    async execute({ query, operationName, variables, pass, signal = new AbortController().signal }) {
      const requestLog = log.child({ requestId: pass.requestId });
      try {
        const document = documentOf(query);
        if (!('kind' in document)) return presentErrors(document, requestLog);
        const contextValue: SubgraphContext<Loaders> = {
          viewer: pass.viewer,
          pass,
          loaders: loadersOf(pass),
          log: requestLog,
          signal,
        };
        const result = await execute({ schema, document, operationName, variableValues: variables, contextValue });
        return presentErrors(result, requestLog);
      } catch (error) {
        return presentErrors(
          { errors: [error as Error & { toJSON(): never }] } as unknown as ExecutionResult,
          requestLog,
        );
      }
    },
  };
}

/** A pass for what is asked on behalf of nobody: by workers, and by the gateway for itself. */
export function systemPass(): ViewerPass {
  return { viewer: null, requestId: randomUUID(), operation: 'query' };
}
