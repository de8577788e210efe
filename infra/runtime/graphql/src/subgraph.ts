import { randomUUID } from 'node:crypto';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Log } from '@tintype/telemetry';
import { type CallerIdentity, type Identity, runInFetchScope, type Viewer } from '@tintype/viewer';
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql';
import { enforceAuthentication } from './authenticated-fields.ts';
import { createDocuments } from './documents.ts';
import { presentErrors } from './errors.present.ts';
import { requireCaller } from './internal-fields.ts';
import { enforceListSizes } from './internal-lists.ts';
import { perRequest } from './per-request.ts';
import { checkResolvers } from './resolvers.ts';
import { DateTime, Snowflake } from './scalars.ts';

/** The context of resolvers. It is small on purpose: services get their dependencies from their factories. */
export type SubgraphContext<Loaders> = {
  viewer: Viewer | null;
  identity: CallerIdentity;
  loaders: Loaders;
  /** Aborted when the caller no longer waits for the response. Absent if it always does. */
  signal?: AbortSignal | undefined;
};

export type SubgraphRequest = {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
  identity: CallerIdentity;
  signal?: AbortSignal | undefined;
};

export type Subgraph = {
  name: string;
  schema: GraphQLSchema;
  /** Never rejects: errors are in `errors` of the result, masked. */
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
};

/**
 * A subgraph that can be called in process or served over HTTP. All fetches of one gateway query share their loaders.
 * Fields with `@internal` are refused to all but their callers, and fields with `@authenticated` to visitors.
 *
 * @throws Error if the resolvers do not fit the SDL
 */
export function createSubgraph<Loaders extends object>(options: {
  name: string;
  typeDefs: string;
  resolvers: Readonly<Record<string, object>>;
  createLoaders(identity: Identity): Loaders;
  log: Log;
}): Subgraph {
  const { name, createLoaders, log } = options;
  const resolvers = { DateTime, Snowflake, ...options.resolvers };
  // biome-ignore lint/suspicious/noExplicitAny: resolver signatures are checked by the types generated from the SDL.
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: resolvers as any }]);
  checkResolvers(schema, options.resolvers);
  enforceAuthentication(schema);
  enforceListSizes(schema);
  const documents = createDocuments(schema);
  const loadersOf = perRequest(createLoaders);

  return {
    name,
    schema,
    async execute({ query, operationName, variables, identity, signal }) {
      const asked = { log, requestId: identity.requestId, signal };
      try {
        const read = documents.get(query);
        if (!('document' in read)) return presentErrors({ errors: read }, asked);
        const { document, internalFields } = read;
        requireCaller(internalFields, identity, log);
        const contextValue: SubgraphContext<Loaders> = {
          viewer: identity.viewer,
          identity,
          loaders: loadersOf(identity),
          signal,
        };
        const scope = { identity, deadline: identity.deadline, signal };
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

/** For calls on behalf of the platform: by workers, and by the gateway. */
export function platformIdentity(operation: Identity['operation'] = 'query'): Identity {
  return { kind: 'platform', viewer: null, requestId: randomUUID(), operation };
}
