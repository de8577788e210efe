import { createConsumer, type EventBus, readEvent, type Worker } from '@tintype/events';
import { SOCIAL_GRAPH_EVENTS } from '@tintype/schema/events/social-graph';
import type { Log } from '@tintype/telemetry';
import type { BlockChange } from './projection.model.ts';
import type { ProjectionService } from './projection.service.ts';

/** Projects blocks, and schedules a refresh of the follower counts that changed. */
export function createGraphConsumer(deps: { bus: EventBus; projection: ProjectionService; log: Log }): Worker {
  const { bus, projection, log } = deps;
  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'search__graph',
    filter: 'tintype.social-graph.>',
    batchSize: 500,
    log,
    async handleBatch(events) {
      const blocks: BlockChange[] = [];
      const followeeIds = new Set<bigint>();
      for (const event of events) {
        const read = readEvent(SOCIAL_GRAPH_EVENTS, event);
        switch (read?.type) {
          case 'tintype.social-graph.follow.created.v1':
          case 'tintype.social-graph.follow.deleted.v1':
            followeeIds.add(read.data.followeeId);
            break;
          case 'tintype.social-graph.block.created.v1':
          case 'tintype.social-graph.block.deleted.v1': {
            const active = read.type === 'tintype.social-graph.block.created.v1';
            blocks.push({ ...read.data, active, version: BigInt(event.sequence) });
          }
        }
      }
      await projection.graph(blocks, [...followeeIds]);
    },
  });
}
