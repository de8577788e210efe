import { type ErasureStep, erase, findErased, type HandlerContext, type Outbox, type ReadEvent } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { type ENGAGEMENT_EVENTS, type EngagementEvents, MAX_WORDS } from '@tintype/schema/events/engagement';
import { likedBy, makersOf, takeBack } from './late.rules.ts';

export type RemoveLate = (
  events: readonly ReadEvent<typeof ENGAGEMENT_EVENTS>[],
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
    const words = likedBy(events, erased).map((word) => takeBack(word, ids.next()));
    for (let from = 0; from < words.length; from += MAX_WORDS) {
      const data: EngagementEvents['tintype.engagement.like.recorded.v1'] = {
        words: words.slice(from, from + MAX_WORDS),
      };
      await outbox.append(pool, [{ type: 'tintype.engagement.like.recorded.v1', subject: 'likes', data }]);
    }
    for (const userId of erased) await erase(steps, userId, PAGE, context);
  };
}
