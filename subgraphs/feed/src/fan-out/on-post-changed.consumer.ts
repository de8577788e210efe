import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  millisecondsOf,
  textsOf,
  type Worker,
} from '@tintype/events';
import type { PostEvents } from '@tintype/schema/events/post';
import { histogram, type Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type { FanOutService, PostChange } from './fan-out.service.ts';

type Told = Partial<PostEvents['tintype.post.post.deleted.v1']>;

const seconds = histogram('feed_fan_out_seconds', 'Time from a post event to the last timeline', ['kind']);

/** Null where a post was never visible, and for events that tell nothing to a feed. @throws UnprocessableEventError */
export function toChange({ type, data, sequence, time }: EventEnvelope): PostChange | null {
  const deleted = type === 'tintype.post.post.deleted.v1';
  if (!deleted && type !== 'tintype.post.post.published.v1') return null;
  const told = data as Told;
  if (deleted && told.publishedMs === null) return null;
  return {
    authorId: idOf(told, 'authorId'),
    postId: idOf(told, 'postId'),
    publishedMs: millisecondsOf(told, 'publishedMs'),
    deleted,
    hashtags: deleted ? [] : renewKeys(textsOf(told, 'hashtags')),
    version: BigInt(sequence),
    toldAt: new Date(time),
  };
}

/** The fan-out worker. Posts are delivered side by side; of one post, one event after another. */
export function createFanOutWorker(deps: { bus: EventBus; fanOut: FanOutService; log: Log }): Worker {
  const { bus, fanOut, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'feed__fan-out',
    filter: 'tintype.post.post.>',
    concurrency: 4,
    log,
    async handle(event, { signal }) {
      const change = toChange(event);
      if (!change) return;
      await fanOut.deliver(change, signal);
      const kind = change.deleted ? 'deleted' : 'published';
      seconds.observe({ kind }, (Date.now() - change.toldAt.getTime()) / 1000);
    },
  });
}
