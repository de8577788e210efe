import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { ApplyService } from '#reconcile/apply.service.ts';
import { failedPostActivity } from './post.rules.ts';

/** Notifies authors whose post could not be published. Can run twice, and after the post was deleted. */
export function createPostFailedConsumer(deps: { bus: EventBus; applyService: ApplyService; log: Log }): Worker {
  const { bus, applyService, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__post-failed',
    filter: 'tintype.post.post.failed.v1',
    log,
    handle: (event, { signal }) => applyService.applyChanges([failedPostActivity(event)], signal),
  });
}
