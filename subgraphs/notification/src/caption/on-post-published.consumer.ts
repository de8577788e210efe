import { createConsumer, type EventBus, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { Hearers } from '#relation/hearers.ts';
import type { ApplyService } from '#settle/apply.service.ts';
import { captionOf, wordsOf } from './caption.rules.ts';

/** Tells people that a caption mentions them. Can run twice, and after the post was deleted. */
export function createCaptionConsumer(deps: {
  bus: EventBus;
  applying: ApplyService;
  hearers: Hearers;
  log: Log;
}): Worker {
  const { bus, applying, hearers, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'notification__captions',
    filter: 'tintype.post.post.published.v1',
    log,
    async handle(event, { signal }) {
      const caption = captionOf(event);
      if (caption.mentionedIds.length === 0) return;
      const heard = await hearers(caption.authorId, caption.mentionedIds);
      await applying.words(wordsOf(caption, heard), signal);
    },
  });
}
