import type { Operation } from './query.analysis.ts';

/** Objects that an answer may hold for one token. */
export const OBJECTS_PER_TOKEN = 500;
/** A mutation writes, tells an event and makes others work: each of its root fields is worth this many small queries. */
export const TOKENS_PER_MUTATION = 5;

/** Tokens that an operation takes of its viewer's bucket. A request without an operation that can be run takes one. */
export function tokensFor(operation: Pick<Operation, 'isMutation' | 'rootFields'> | undefined, cost: number): number {
  const answer = Math.max(1, Math.ceil(cost / OBJECTS_PER_TOKEN));
  return operation?.isMutation ? answer + TOKENS_PER_MUTATION * operation.rootFields - 1 : answer;
}
