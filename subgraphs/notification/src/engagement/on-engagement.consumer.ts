import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { histogram, type Log } from '@tintype/telemetry';
import type { ApplyService } from '#settle/apply.service.ts';
import { addGone } from '#target/gone.repository.ts';
import { readBatch } from './engagement.rules.ts';

/** Events of likes have up to 1,024 words each under load. */
const BATCH = 100;

const seconds = histogram('notification_apply_seconds', 'Time from the first event of a batch to its notifications', [
  'stream',
]);

/** Makes notifications of likes, comments and shares. */
export function createEngagementConsumer(deps: {
  bus: EventBus;
  pool: Executor;
  applying: ApplyService;
  log: Log;
}): Worker {
  const { bus, pool, applying, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'notification__engagement',
    filter: 'tintype.engagement.>',
    batchSize: BATCH,
    log,
    async handleBatch(events, { signal }) {
      const { words, comments, mentions, goneCommentIds } = readBatch(events);
      // First, so that nobody is told of what is deleted already.
      if (goneCommentIds.length > 0) await addGone(pool, goneCommentIds);
      await applying.comments(comments, mentions, signal);
      await applying.words(words, signal);
      await applying.reviewGone(goneCommentIds, signal);
      seconds.observe({ stream: 'engagement' }, (Date.now() - Date.parse(events[0]!.time)) / 1000);
    },
  });
}
