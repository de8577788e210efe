import { type ErasureStep, type EventEnvelope, erase, findErased, type HandlerContext } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { makersOf } from './late.rules.ts';

export type RemoveLate = (
  events: readonly EventEnvelope[],
  context: Pick<HandlerContext, 'signal' | 'working'>,
) => Promise<void>;

const PAGE = 200;

/**
 * Removes what came after its maker was erased: a mutation that had begun before, or a like that waited in the log. It looks once the
 * events are applied, so that either the erasure saw what they made, or this sees the erasure.
 */
export function createRemoveLate(deps: { pool: Executor; steps: readonly ErasureStep[] }): RemoveLate {
  const { pool, steps } = deps;
  return async (events, context) => {
    for (const userId of await findErased(pool, 'engagement', makersOf(events))) {
      await erase(steps, userId, PAGE, context);
    }
  };
}
