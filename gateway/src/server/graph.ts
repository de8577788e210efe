import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { createLocalClients, type SubgraphClient } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import type { GraphQLSchema } from 'graphql';
import { QUERY_LIMITS } from '#limits/limits.ts';
import { createNodeSubgraph } from '#node/node.subgraph.ts';
import { createSubgraphSource } from '#subgraphs/subgraph.source.ts';
import type { RequestContext } from './context.ts';
import { createRegistrationPlugin, type PersistedQueries } from './persisted-queries.ts';
import { createPresentationPlugin, presentError } from './presentation.plugin.ts';

export type Graph = { apollo: ApolloServer<RequestContext>; schema: GraphQLSchema };

/** Plans and runs operations over the supergraph. Started when it resolves. */
export async function startGraph(options: {
  supergraphSdl: string;
  subgraphs: SubgraphClient;
  persisted: PersistedQueries;
  introspection: boolean;
  log: Log;
}): Promise<Graph> {
  const { supergraphSdl, subgraphs, persisted, introspection, log } = options;
  // By default, the gateway of Apollo reads the environment and reports to its makers.
  process.env.APOLLO_TELEMETRY_DISABLED = '1';
  const logger = toApolloLogger(log);
  const own = createNodeSubgraph({ subgraphs, log });
  const ownClient = createLocalClients(new Map([[own.name, own]]))(own.name);
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name }) => createSubgraphSource(name, name === own.name ? ownClient : subgraphs, log),
    logger,
    validateSupergraph: false,
    __exposeQueryPlanExperimental: false,
  });
  let schema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    schema = apiSchema;
  });
  const apollo = new ApolloServer<RequestContext>({
    gateway,
    logger,
    introspection,
    nodeEnv: 'production',
    includeStacktraceInErrorResponses: false,
    // Apollo never sees the HTTP request: before that, persisted queries are resolved and requests of other sites
    // refused.
    persistedQueries: false,
    csrfPrevention: false,
    parseOptions: { maxTokens: QUERY_LIMITS.tokens },
    stopOnTerminationSignals: false,
    formatError: (error) => presentError(error, { hideSuggestions: !introspection }),
    plugins: [
      createPresentationPlugin(log),
      createRegistrationPlugin(persisted),
      // Responses belong to one viewer, so nothing in between may cache them.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  if (!schema) throw new Error('The supergraph has no schema for clients.');
  return { apollo, schema };
}

function toApolloLogger(log: Log) {
  return {
    debug: (message: string) => log.debug(message),
    info: (message: string) => log.debug(message),
    warn: (message: string) => log.warn(message),
    error: (message: string) => log.error(message),
  };
}
