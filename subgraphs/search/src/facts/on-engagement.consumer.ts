import {
  createConsumer,
  type EventBus,
  type EventEnvelope,
  idOf,
  idOrNull,
  objectsOf,
  type Worker,
} from '@tintype/events';
import { MAX_WORDS } from '@tintype/schema/events/engagement';
import type { Log } from '@tintype/telemetry';
import type { FactsService } from './facts.service.ts';

const LIKES = 'tintype.engagement.like.recorded.v1';
const OTHERS = /^tintype\.engagement\.(comment\.(created|deleted)|share\.(created|deleted))\.v1$/;

/** Follows which posts people like, comment on and share; how much, their owner is asked. */
export function createEngagementConsumer(deps: { bus: EventBus; facts: FactsService; log: Log }): Worker {
  const { bus, facts, log } = deps;
  return createConsumer({
    bus,
    stream: 'engagement',
    durable: 'search__engagement',
    filter: 'tintype.engagement.>',
    batchSize: 500,
    log,
    handleBatch: (events) => facts.engagement([...new Set(events.flatMap(postsOf))]),
  });
}

function postsOf({ type, data }: EventEnvelope): bigint[] {
  if (OTHERS.test(type)) return [idOf(data, 'postId')];
  if (type !== LIKES) return [];
  const words = objectsOf(data, 'words', MAX_WORDS).filter((word) => idOrNull(word, 'commentId') === null);
  return words.map((word) => idOf(word, 'postId'));
}
