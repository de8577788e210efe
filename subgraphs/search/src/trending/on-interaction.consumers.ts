import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { InteractionService } from './interaction.service.ts';

const BATCH = 200;
/**
 * Enough for some hours. After an import the projection may lag, so events about posts that it does not have yet are
 * retried for long.
 */
const MAX_DELIVER = 100;
/** An author's account is awaited (see `countKnown`) with at least five attempts, and for about a minute at most. */
const BACKOFF_MS = [1000, 5000, 15_000, 15_000, 30_000, 120_000];

/**
 * Count posts and interactions for trends. They are separate from the consumers of the projection, which do not need
 * Redis.
 */
export function createTrendConsumers(deps: {
  bus: EventBus;
  recordInteractions: InteractionService;
  log: Log;
}): Worker[] {
  const { bus, recordInteractions, log } = deps;
  const common = {
    bus,
    batchSize: BATCH,
    maxDeliver: MAX_DELIVER,
    backoffMs: BACKOFF_MS,
    log,
    handleBatch: recordInteractions.take,
  };
  return [
    createConsumer({
      ...common,
      stream: 'post',
      durable: 'search__trending-posts',
      filter: 'tintype.post.post.published.v1',
    }),
    createConsumer({
      ...common,
      stream: 'engagement',
      durable: 'search__trending-engagement',
      filter: 'tintype.engagement.>',
    }),
  ];
}
