import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { SOCIAL_GRAPH_EVENTS } from '@tintype/schema/events/social-graph';
import type { Log } from '@tintype/telemetry';
import { noteChanges } from './change.repository.ts';
import { markOwn } from './dirty.repository.ts';
import { DEBOUNCE } from './suggestion.rules.ts';

const BATCH = 1000;

/**
 * Marks the people who changed the graph, and records whose followers have to be marked. Can run twice, and in any
 * order.
 */
export function createSuggestionConsumer(deps: { bus: EventBus; pool: Executor; log: Log }): Worker {
  const { bus, pool, log } = deps;
  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'social-graph__suggestions',
    filter: 'tintype.social-graph.>',
    batchSize: BATCH,
    log,
    async handleBatch(events) {
      const changes = events.map(whoChanged).filter((change) => change !== null);
      if (changes.length === 0) return;
      const own = new Set(changes.map((change) => change.id));
      const followed = new Set(changes.filter((change) => change.isFollow).map((change) => change.id));
      await markOwn(pool, [...own], DEBOUNCE.own);
      if (followed.size > 0) await noteChanges(pool, [...followed]);
    },
  });
}

/** The people whose own list changed, and whether it is a follow, which affects suggestions for others. */
function whoChanged(event: EventEnvelope): { id: bigint; isFollow: boolean } | null {
  const read = readEvent(SOCIAL_GRAPH_EVENTS, event);
  switch (read?.type) {
    case 'tintype.social-graph.follow.created.v1':
    case 'tintype.social-graph.follow.deleted.v1':
      return { id: read.data.followerId, isFollow: true };
    case 'tintype.social-graph.follow-request.created.v1':
    case 'tintype.social-graph.follow-request.deleted.v1':
      return { id: read.data.followerId, isFollow: false };
    case 'tintype.social-graph.block.created.v1':
    case 'tintype.social-graph.block.deleted.v1':
      return { id: read.data.blockerId, isFollow: false };
    case 'tintype.social-graph.mute.created.v1':
    case 'tintype.social-graph.mute.deleted.v1':
      return { id: read.data.muterId, isFollow: false };
    default:
      return null;
  }
}
