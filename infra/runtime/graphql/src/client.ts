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

/**
 * UNAVAILABLE: it cannot be reached, or did not answer in time. OVERLOADED: it has too much to do. ABANDONED: nobody waits for the
 * answer any more, which is no fault of the subgraph. FAILED: it answered with errors.
 */
export type SubgraphErrorCode = 'UNAVAILABLE' | 'OVERLOADED' | 'ABANDONED' | 'FAILED';

/** A subgraph could not be asked, or answered with errors: which, and why. */
export class SubgraphError extends Error {
  override name = 'SubgraphError';
  readonly subgraph: string;
  readonly code: SubgraphErrorCode;

  constructor(subgraph: string, code: SubgraphErrorCode, message: string, options?: ErrorOptions) {
    super(`subgraph ${subgraph}: ${message}`, options);
    this.subgraph = subgraph;
    this.code = code;
  }

  /** Whether the same question may be answered later. */
  get isOutage(): boolean {
    return this.code !== 'FAILED';
  }
}

/** Adds `request` to a way of calling. */
export function withRequest(execute: SubgraphClient['execute']): SubgraphClient {
  return {
    execute,
    async request<Data>(subgraph: string, request: SubgraphClientRequest): Promise<Data> {
      const result = await execute(subgraph, request);
      if (result.errors?.length || !result.data) {
        const messages = result.errors?.map((error) => error.message).join('; ');
        throw new SubgraphError(subgraph, codeOf(result), messages ?? 'no data');
      }
      return result.data as Data;
    },
  };
}

/** What the subgraph lacks itself, its caller lacks as well. */
function codeOf({ errors = [] }: ExecutionResult): SubgraphErrorCode {
  const codes = new Set(errors.map((error) => error.extensions?.code));
  if (codes.has('OVERLOADED')) return 'OVERLOADED';
  return codes.has('UNAVAILABLE') ? 'UNAVAILABLE' : 'FAILED';
}
