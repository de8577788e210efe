import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  idOrNull,
  objectsOf,
  type Worker,
} from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { MAX_WORDS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import { addDue } from './due.repository.ts';

/** Engagement tells what was done before it counts it; and of a post that many like, one look a moment is enough. */
const LOOK_AFTER_MS = 3000;

/** Posts whose likes, comments or shares a batch tells of, each with the place of its last event. @throws UnprocessableEventError */
export function changedPosts(events: readonly EventEnvelope[]): { postId: bigint; version: bigint }[] {
  const changed = new Map<bigint, bigint>();
  for (const { type, data, sequence } of events) {
    const [, , noun] = type.split('.');
    const version = BigInt(sequence);
    if (noun === 'like') {
      for (const word of objectsOf(data, 'words', MAX_WORDS)) {
        if (idOrNull(word, 'commentId') === null) changed.set(idOf(word, 'postId'), version);
      }
    } else if (noun === 'comment' || noun === 'share') changed.set(idOf(data, 'postId'), version);
  }
  return [...changed].map(([postId, version]) => ({ postId, version }));
}

/** Notes which posts' counts are to be looked up for the order of top posts. */
export function createEngagementConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  log: Log;
  lookAfterMs?: number;
}): Worker {
  const { bus, pool, log, lookAfterMs = LOOK_AFTER_MS } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'post__engagement',
    filter: 'tintype.engagement.>',
    batchSize: 500,
    log,
    async handleBatch(events) {
      const changed = changedPosts(events);
      if (changed.length > 0) await addDue(pool, changed, lookAfterMs);
    },
  });
}
