import type { InternalDocument } from '@tintype/schema/internal-document';
import { type Identity, STORE_ERRORS, type StoreErrorCode } from '@tintype/viewer';
import type { ExecutionResult } from 'graphql';
import type { SubgraphRequest } from './subgraph.ts';

/** Which service asks is the client's to say. */
export type SubgraphClientRequest = Omit<SubgraphRequest, 'identity'> & {
  identity: Identity;
  /** Whether the service asks for itself, rather than forwards what one of its clients asked. */
  isInternal?: boolean | undefined;
};

/** How a subgraph is called: by the gateway for its plans, and by other subgraphs for what is not theirs. */
export type SubgraphClient = {
  /** The result as it is, errors included. @throws SubgraphError where the subgraph could not be asked */
  execute(subgraph: string, request: SubgraphClientRequest): Promise<ExecutionResult>;
  /** What the document asks the subgraph that it is for. @throws SubgraphError where that could not be asked or answered with errors */
  request<Data, Variables extends Record<string, unknown>>(
    document: InternalDocument<Data, Variables>,
    variables: Variables,
    identity: Identity,
  ): Promise<Data>;
  /** The same for all clients that what was read can be shared between: those of one process. */
  readonly sharing: object;
};

/**
 * UNAVAILABLE: it cannot be reached, or did not answer in time. OVERLOADED: it has too much to do. Any code of a store: it answered that
 * it lacks one. ABANDONED: nobody waits for the answer any more, which is no fault of the subgraph. FAILED: it answered with other errors.
 */
export type SubgraphErrorCode = StoreErrorCode | 'ABANDONED' | 'FAILED';

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
    return this.code === 'UNAVAILABLE' || this.code === 'OVERLOADED' || this.code === 'ABANDONED';
  }
}

/** Adds `request` to a way of calling. */
export function withRequest(execute: SubgraphClient['execute'], sharing: object = {}): SubgraphClient {
  return {
    execute,
    sharing,
    async request<Data, Variables extends Record<string, unknown>>(
      { subgraph, kind, text }: InternalDocument<Data, Variables>,
      variables: Variables,
      identity: Identity,
    ): Promise<Data> {
      // Whatever a mutation asks reads anew, as the mutation itself does.
      const operation = kind === 'mutation' ? kind : identity.operation;
      const request = { query: text, variables, identity: { ...identity, operation }, isInternal: true };
      return dataOf(subgraph, await execute(subgraph, request));
    },
  };
}

/** What a subgraph gets when a service asks this. */
export function askedBy(service: string, { isInternal = false, ...request }: SubgraphClientRequest): SubgraphRequest {
  return { ...request, identity: { ...request.identity, caller: { service, isInternal } } };
}

/** @throws SubgraphError where the subgraph answered with errors */
export function dataOf<Data>(subgraph: string, result: ExecutionResult): Data {
  if (!result.errors?.length && result.data) return result.data as Data;
  const messages = result.errors?.map((error) => error.message).join('; ');
  throw new SubgraphError(subgraph, codeOf(result), messages ?? 'no data');
}

/** By weight: of several errors the first of these. */
const LACKING: readonly StoreErrorCode[] = ['OVERLOADED', 'UNAVAILABLE', 'TIMEOUT', 'DATABASE_TIME_EXCEEDED'];

/** What the subgraph lacks itself, its caller lacks as well. */
function codeOf({ errors = [] }: ExecutionResult): SubgraphErrorCode {
  const codes = new Set(errors.map((error) => error.extensions?.code));
  return LACKING.find((code) => codes.has(code)) ?? 'FAILED';
}

/** The error that a client gets if a call to a subgraph fails. It does not name the subgraph. */
export function clientErrorOf(code: Exclude<SubgraphErrorCode, 'FAILED'>): { code: StoreErrorCode; message: string } {
  const clientCode = code === 'ABANDONED' ? 'UNAVAILABLE' : code;
  return { code: clientCode, message: STORE_ERRORS[clientCode] };
}
