import type { ExecutionResult } from 'graphql';
import type { SubgraphRequest } from './subgraph.ts';

export type SubgraphClientRequest = SubgraphRequest;

/** How a subgraph is called: by the gateway for its plans, and by other subgraphs for what is not theirs. */
export type SubgraphClient = {
  /** The result as it is, errors included. @throws SubgraphError where the subgraph could not be asked */
  execute(subgraph: string, request: SubgraphClientRequest): Promise<ExecutionResult>;
  /** The data. @throws SubgraphError where it could not be asked or answered with errors */
  request<Data>(subgraph: string, request: SubgraphClientRequest): Promise<Data>;
};

/** A subgraph could not be asked, or answered with errors: which, and why. */
export class SubgraphError extends Error {
  override name = 'SubgraphError';
  readonly subgraph: string;

  constructor(subgraph: string, message: string, options?: ErrorOptions) {
    super(`subgraph ${subgraph}: ${message}`, options);
    this.subgraph = subgraph;
  }
}

/** Adds `request` to a way of calling. */
export function withRequest(execute: SubgraphClient['execute']): SubgraphClient {
  return {
    execute,
    async request<Data>(subgraph: string, request: SubgraphClientRequest): Promise<Data> {
      const result = await execute(subgraph, request);
      if (result.errors?.length || !result.data) {
        throw new SubgraphError(subgraph, result.errors?.map((error) => error.message).join('; ') ?? 'no data');
      }
      return result.data as Data;
    },
  };
}
