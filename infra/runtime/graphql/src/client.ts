import type { InternalDocument } from '@tintype/schema/internal-document';
import { type Identity, STORE_ERRORS, type StoreErrorCode } from '@tintype/viewer';
import type { ExecutionResult } from 'graphql';
import type { SubgraphRequest } from './subgraph.ts';

/** The client adds the calling service. */
export type SubgraphClientRequest = Omit<SubgraphRequest, 'identity'> & {
  identity: Identity;
  /** Whether the service calls for itself, rather than for one of its own callers. */
  isInternal?: boolean | undefined;
};

/** Calls subgraphs: for the gateway's query plans, and for what one subgraph needs from another. */
export type SubgraphClient = {
  /** The result, including errors. @throws SubgraphError if the call failed */
  execute(subgraph: string, request: SubgraphClientRequest): Promise<ExecutionResult>;
  /**
   * The data that an operation requests from its subgraph. @throws SubgraphError if the call failed or the result has
   * errors
   */
  request<Data, Variables extends Record<string, unknown>>(
    document: InternalDocument<Data, Variables>,
    variables: Variables,
    identity: Identity,
  ): Promise<Data>;
  /** The same object for all clients that may share what was read: those of one process. */
  readonly sharing: object;
};

/**
 * UNAVAILABLE: it cannot be reached, or did not respond in time. OVERLOADED: it refused the call. A code of a store: a
 * store that it needs is unavailable. ABANDONED: the caller no longer waits, which is not the subgraph's fault. FAILED:
 * the result has other errors.
 */
export type SubgraphErrorCode = StoreErrorCode | 'ABANDONED' | 'FAILED';

/** A call to a subgraph failed, or its result has errors. */
export class SubgraphError extends Error {
  override name = 'SubgraphError';
  readonly subgraph: string;
  readonly code: SubgraphErrorCode;

  constructor(subgraph: string, code: SubgraphErrorCode, message: string, options?: ErrorOptions) {
    super(`subgraph ${subgraph}: ${message}`, options);
    this.subgraph = subgraph;
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get isOutage(): boolean {
    return this.code === 'UNAVAILABLE' || this.code === 'OVERLOADED' || this.code === 'ABANDONED';
  }
}

/** Adds `request` to a client that can `execute`. */
export function withRequest(execute: SubgraphClient['execute'], sharing: object = {}): SubgraphClient {
  return {
    execute,
    sharing,
    async request<Data, Variables extends Record<string, unknown>>(
      { subgraph, kind, text }: InternalDocument<Data, Variables>,
      variables: Variables,
      identity: Identity,
    ): Promise<Data> {
      // Reads for a mutation are not cached, because the mutation reads the latest state itself.
      const operation = kind === 'mutation' ? kind : identity.operation;
      const request = { query: text, variables, identity: { ...identity, operation }, isInternal: true };
      return dataOf(subgraph, await execute(subgraph, request));
    },
  };
}

/** The request that a subgraph gets when a service sends this one. */
export function askedBy(service: string, { isInternal = false, ...request }: SubgraphClientRequest): SubgraphRequest {
  return { ...request, identity: { ...request.identity, caller: { service, isInternal } } };
}

/** @throws SubgraphError if the result has errors */
export function dataOf<Data>(subgraph: string, result: ExecutionResult): Data {
  if (!result.errors?.length && result.data) return result.data as Data;
  const messages = result.errors?.map((error) => error.message).join('; ');
  throw new SubgraphError(subgraph, codeOf(result), messages ?? 'no data');
}

/** By severity: of several errors, the first of these counts. */
const LACKING: readonly StoreErrorCode[] = ['OVERLOADED', 'UNAVAILABLE', 'TIMEOUT', 'DATABASE_TIME_EXCEEDED'];

/** If a subgraph lacks a store, its caller lacks it as well. */
function codeOf({ errors = [] }: ExecutionResult): SubgraphErrorCode {
  const codes = new Set(errors.map((error) => error.extensions?.code));
  return LACKING.find((code) => codes.has(code)) ?? 'FAILED';
}

/** The error that a client gets if a call to a subgraph fails. It does not name the subgraph. */
export function clientErrorOf(code: Exclude<SubgraphErrorCode, 'FAILED'>): { code: StoreErrorCode; message: string } {
  const clientCode = code === 'ABANDONED' ? 'UNAVAILABLE' : code;
  return { code: clientCode, message: STORE_ERRORS[clientCode] };
}
