import {
  type ErasureStep,
  erase,
  findErasedPeople,
  type HandlerContext,
  type Outbox,
  type ReadEvent,
} from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { type ENGAGEMENT_EVENTS, type EngagementEvents, MAX_LIKE_CHANGES } from '@tintype/schema/events/engagement';
import { likesBy, peopleWhoEngaged, toUnlike } from './stale-writes.rules.ts';

export type RemoveStaleWrites = (
  events: readonly ReadEvent<typeof ENGAGEMENT_EVENTS>[],
  context: Pick<HandlerContext, 'signal' | 'working'>,
) => Promise<void>;

const PAGE = 200;

/**
 * Removes engagement that was written after its author was erased: by a mutation that had started earlier, or by a like
 * that was waiting in the log. It checks after the events are applied. So either the erasure finds the rows, or this
 * finds the erasure.
 *
 * @param deps.steps all erasure steps except the likes, which are undone by their own events
 */
export function createRemoveStaleWrites(deps: {
  pool: Executor;
  ids: IdGenerator;
  outbox: Outbox<EngagementEvents>;
  steps: readonly ErasureStep[];
}): RemoveStaleWrites {
  const { pool, ids, outbox, steps } = deps;
  return async (events, context) => {
    const erased = await findErasedPeople(pool, 'engagement', peopleWhoEngaged(events));
    if (erased.size === 0) return;
    const changes = likesBy(events, erased).map((change) => toUnlike(change, ids.next()));
    for (let from = 0; from < changes.length; from += MAX_LIKE_CHANGES) {
      const data = { changes: changes.slice(from, from + MAX_LIKE_CHANGES) };
      await outbox.append(pool, [{ type: 'tintype.engagement.like.recorded.v1', subject: 'likes', data }]);
    }
    for (const userId of erased) await erase(steps, userId, PAGE, context);
  };
}
