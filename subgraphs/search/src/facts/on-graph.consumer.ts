import { createConsumer, type EventBus, type EventEnvelope, idOf, type Worker } from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import type { BlockChange } from './fact.model.ts';
import type { FactsService } from './facts.service.ts';

const BLOCKS = 'tintype.social-graph.block.';
const FOLLOWS = 'tintype.social-graph.follow.';

/** Follows who blocks whom, and whose followers changed. */
export function createGraphConsumer(deps: { bus: EventBus; facts: FactsService; log: Log }): Worker {
  const { bus, facts, log } = deps;
  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'search__graph',
    filter: 'tintype.social-graph.>',
    batchSize: 500,
    log,
    handleBatch: (events) => {
      const follows = events.filter(({ type }) => type.startsWith(FOLLOWS));
      const followeeIds = new Set(follows.map(({ data }) => idOf(data, 'followeeId')));
      return facts.graph(events.filter(({ type }) => type.startsWith(BLOCKS)).map(blockOf), [...followeeIds]);
    },
  });
}

function blockOf({ type, data, sequence }: EventEnvelope): BlockChange {
  return {
    blockerId: idOf(data, 'blockerId'),
    blockedId: idOf(data, 'blockedId'),
    active: type.startsWith(`${BLOCKS}created.`),
    version: BigInt(sequence),
  };
}
