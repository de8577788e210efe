import { createConsumer, type EventBus, type EventEnvelope, idOf, millisecondsOf, type Worker } from '@tintype/events';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import type { FanOutService, PostChange } from './fan-out.service.ts';

type Told = Partial<EngagementEvents['tintype.engagement.share.created.v1']>;

/** A share is an entry of whoever shares, with an id and a time of its own. @throws UnprocessableEventError */
export function toShareChange({ type, data, sequence, time }: EventEnvelope): PostChange {
  const told = data as Told;
  return {
    authorId: idOf(told, 'userId'),
    postId: idOf(told, 'shareId'),
    sharedPostId: idOf(told, 'postId'),
    publishedMs: millisecondsOf(told, 'createdMs'),
    deleted: type === 'tintype.engagement.share.deleted.v1',
    hashtags: [],
    version: BigInt(sequence),
    toldAt: new Date(time),
  };
}

/** Brings shares into the feeds of the sharers' followers, as posts are. */
export function createShareWorker(deps: { bus: EventBus; fanOut: FanOutService; log: Log }): Worker {
  const { bus, fanOut, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'feed__shares',
    filter: 'tintype.engagement.share.>',
    concurrency: 4,
    log,
    handle: (event, { signal }) => fanOut.deliver(toShareChange(event), signal),
  });
}
