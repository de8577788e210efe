import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { EligibleRecipients } from '#ingest/eligible-recipients.ts';
import type { ApplyService } from '#reconcile/apply.service.ts';
import { captionActivities, captionOf } from './post.rules.ts';

/** Notifies people whom a caption mentions. Can run twice, and after the post was deleted. */
export function createCaptionConsumer(deps: {
  bus: EventBus;
  applyService: ApplyService;
  eligibleRecipients: EligibleRecipients;
  log: Log;
}): Worker {
  const { bus, applyService, eligibleRecipients, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__captions',
    filter: 'tintype.post.post.published.v1',
    log,
    async handle(event, { signal }) {
      const caption = captionOf(event);
      if (caption.mentionedIds.length === 0) return;
      const recipientIds = await eligibleRecipients(caption.authorId, caption.audience, caption.mentionedIds);
      await applyService.applyChanges(captionActivities(caption, recipientIds), signal);
    },
  });
}
