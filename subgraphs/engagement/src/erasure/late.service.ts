import {
  type ErasureStep,
  type EventEnvelope,
  erase,
  findErased,
  type HandlerContext,
  type Outbox,
} from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { type EngagementEvents, MAX_WORDS } from '@tintype/schema/events/engagement';
import { likedBy, makersOf } from './late.rules.ts';

export type RemoveLate = (
  events: readonly EventEnvelope[],
  context: Pick<HandlerContext, 'signal' | 'working'>,
) => Promise<void>;

const PAGE = 200;

/**
 * Removes what came after its maker was erased: a mutation that had begun before, or a like that waited in the log. It looks once the
 * events are applied, so that either the erasure saw what they made, or this sees the erasure.
 *
 * @param deps.steps of all but likes: their words say themselves what is to be taken back, and nobody has to be asked
 */
export function createRemoveLate(deps: {
  pool: Executor;
  ids: IdGenerator;
  outbox: Outbox;
  steps: readonly ErasureStep[];
}): RemoveLate {
  const { pool, ids, outbox, steps } = deps;
  return async (events, context) => {
    const erased = await findErased(pool, 'engagement', makersOf(events));
    if (erased.size === 0) return;
    const words = likedBy(events, erased).map((word) => ({ ...word, likeId: String(ids.next()), liked: false }));
    for (let from = 0; from < words.length; from += MAX_WORDS) {
      const data: EngagementEvents['tintype.engagement.like.recorded.v1'] = {
        words: words.slice(from, from + MAX_WORDS),
      };
      await outbox.append(pool, [{ type: 'tintype.engagement.like.recorded.v1', subject: 'likes', data }]);
    }
    for (const userId of erased) await erase(steps, userId, PAGE, context);
  };
}
