import type { Operation } from './query.analysis.ts';

/** How much cost one token pays for. */
export const COST_PER_TOKEN = 3_000;
/** How large a document one token pays for. Parsing and validation take time, whatever the response is. */
export const SIZE_PER_TOKEN = 50;
/**
 * A mutation writes and publishes events that cause more work, so each of its root fields counts as this many small
 * queries.
 */
export const TOKENS_PER_MUTATION = 5;

type Charged = Pick<Operation, 'isMutation' | 'rootFields' | 'size'>;

/** The tokens that an operation takes from its viewer's bucket. A request without a valid operation takes one. */
export function tokensFor(operation: Charged | undefined, cost: number): number {
  if (!operation) return 1;
  const work = Math.max(1, Math.ceil(cost / COST_PER_TOKEN), Math.ceil(operation.size / SIZE_PER_TOKEN));
  return operation.isMutation ? work + TOKENS_PER_MUTATION * operation.rootFields - 1 : work;
}
