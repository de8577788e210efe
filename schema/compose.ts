import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { describeAuthentication, printApi } from './api.ts';
import { serviceSdl } from './nodes.ts';
import { SERVICES } from './subgraphs.ts';

/** Composition failed. The message has its errors, one per line. */
export class CompositionError extends Error {
  override name = 'CompositionError';
}

export type Composed = {
  /** The schema that the gateway plans on. */
  supergraph: string;
  /**
   * The schema that clients see: the supergraph without the parts of federation and without inaccessible fields, but
   * with the public directives.
   */
  api: string;
};

/**
 * Composes the SDL of all services. Each is first checked on its own, so that an error names its file.
 *
 * @throws CompositionError
 */
export function compose(): Composed {
  const services = SERVICES.map((name) => ({ name, typeDefs: describeAuthentication(parse(serviceSdl(name))) }));
  for (const { name, typeDefs } of services) {
    try {
      buildSubgraphSchema([{ typeDefs }]);
    } catch (error) {
      throw new CompositionError(`schema/graphql/${name}.graphql: ${(error as Error).message}`);
    }
  }
  const result = composeServices(services.map((service) => ({ ...service, url: `subgraph://${service.name}` })));
  if (result.errors) throw new CompositionError(result.errors.map((error) => error.message).join('\n'));
  const api = printApi(result.schema.toAPISchema().toGraphQLJSSchema(), result.supergraphSdl);
  return { supergraph: result.supergraphSdl, api };
}
