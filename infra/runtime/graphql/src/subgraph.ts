import { randomUUID } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Log } from '@tintype/telemetry';
import { runInFetchScope, type Viewer, type ViewerPass } from '@tintype/viewer';
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql';
import { createDocuments } from './documents.ts';
import { presentErrors } from './errors.present.ts';
import { perRequest } from './per-request.ts';
import { checkResolvers } from './resolvers.ts';
import { DateTime } from './scalars.ts';

/** What resolvers get: narrow on purpose, services come to them through their factories. */
export type SubgraphContext<Loaders> = {
  viewer: Viewer | null;
  pass: ViewerPass;
  loaders: Loaders;
  /** Aborted when nobody waits for the answer any more; absent where somebody always does. */
  signal?: AbortSignal | undefined;
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

/**
 * A subgraph that can be called in process or served over HTTP. All fetches of one gateway query share their loaders.
 *
 * @throws Error if the resolvers do not fit the SDL
 */
export function createSubgraph<Loaders extends object>(options: {
  name: string;
  typeDefs: string;
  resolvers: Readonly<Record<string, object>>;
  createLoaders(pass: ViewerPass): Loaders;
  log: Log;
}): Subgraph {
  const { name, createLoaders, log } = options;
  const resolvers = { DateTime, ...options.resolvers };
  // biome-ignore lint/suspicious/noExplicitAny: resolver signatures are checked by the types generated from the SDL.
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: resolvers as any }]);
  checkResolvers(schema, options.resolvers);
  const documents = createDocuments(schema);
  const loadersOf = perRequest(createLoaders);

  return {
    name,
    schema,
    async execute({ query, operationName, variables, pass, signal }) {
      const asked = { log, requestId: pass.requestId, signal };
      try {
        const document = documents.get(query);
        if (!('kind' in document)) return presentErrors({ errors: document }, asked);
        const contextValue: SubgraphContext<Loaders> = { viewer: pass.viewer, pass, loaders: loadersOf(pass), signal };
        const scope = { pass, deadline: pass.deadline, signal };
        const result = await runInFetchScope(scope, () =>
          execute({ schema, document, operationName, variableValues: variables, contextValue }),
        );
        return presentErrors(result, asked);
      } catch (error) {
        const result = { errors: [error as Error & { toJSON(): never }] } as unknown as ExecutionResult;
        return presentErrors(result, asked);
      }
    },
  };
}

/** A pass for what is asked on behalf of nobody: by workers, and by the gateway for itself. */
export function systemPass(operation: ViewerPass['operation'] = 'query'): ViewerPass {
  return { viewer: null, requestId: randomUUID(), operation };
}
