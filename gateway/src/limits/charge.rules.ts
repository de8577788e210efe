import type { Operation } from './query.analysis.ts';

/** Cost of an operation for one token. */
export const COST_PER_TOKEN = 3_000;
/** Size of a document for one token: parsing and validation take their time whatever the answer is. */
export const SIZE_PER_TOKEN = 50;
/** A mutation writes, tells an event and makes others work: each of its root fields is worth this many small queries. */
export const TOKENS_PER_MUTATION = 5;

type Charged = Pick<Operation, 'isMutation' | 'rootFields' | 'size'>;

/** Tokens that an operation takes of its viewer's bucket. A request without an operation that can be run takes one. */
export function tokensFor(operation: Charged | undefined, cost: number): number {
  if (!operation) return 1;
  const work = Math.max(1, Math.ceil(cost / COST_PER_TOKEN), Math.ceil(operation.size / SIZE_PER_TOKEN));
  return operation.isMutation ? work + TOKENS_PER_MUTATION * operation.rootFields - 1 : work;
}
