import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  millisecondsOf,
  textOf,
  textsOf,
  type Worker,
} from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type { PostChange } from './fact.model.ts';
import type { FactsService } from './facts.service.ts';

/** Follows posts: published ones with their captions, and deleted ones. */
export function createPostConsumer(deps: { bus: EventBus; facts: FactsService; log: Log }): Worker {
  const { bus, facts, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'search__post',
    filter: 'tintype.post.post.>',
    batchSize: 500,
    log,
    handleBatch: (events) => facts.posts(events.flatMap(changesOf)),
  });
}

function changesOf({ type, data, sequence }: EventEnvelope): PostChange[] {
  if (type !== 'tintype.post.post.published.v1' && type !== 'tintype.post.post.deleted.v1') return [];
  const common = { postId: idOf(data, 'postId'), authorId: idOf(data, 'authorId'), version: BigInt(sequence) };
  if (type === 'tintype.post.post.deleted.v1') {
    return [{ ...common, caption: '', hashtags: [], publishedMs: 0n, deleted: true }];
  }
  const caption = textOf(data, 'caption');
  const hashtags = renewKeys(textsOf(data, 'hashtags'));
  return [{ ...common, caption, hashtags, publishedMs: millisecondsOf(data, 'publishedMs'), deleted: false }];
}
