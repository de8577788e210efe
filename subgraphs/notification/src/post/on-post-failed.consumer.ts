import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { ApplyService } from '#settle/apply.service.ts';
import { wordOf } from './failed.rules.ts';

/** Tells authors that a post of theirs could not be published. Can run twice, and after the post was deleted. */
export function createPostFailedConsumer(deps: { bus: EventBus; applying: ApplyService; log: Log }): Worker {
  const { bus, applying, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__post-failed',
    filter: 'tintype.post.post.failed.v1',
    log,
    handle: (event, { signal }) => applying.words([wordOf(event)], signal),
  });
}
