import {
  EarlyEventError,
  type EventBus,
  type EventEnvelope,
  readEnvelope,
  UnprocessableEventError,
} from '@tintype/events';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import { DeliverPolicy } from 'nats';
import type { InteractionService } from './interaction.service.ts';
import { WINDOWS } from './trend.rules.ts';

export type ReplayService = {
  /** Counts the events of the last day in the streams again. Events that arrive meanwhile are counted once. */
  run(signal: AbortSignal): Promise<void>;
};

const SOURCES: readonly { stream: SubgraphName; filter: string }[] = [
  { stream: 'post', filter: 'tintype.post.post.published.v1' },
  { stream: 'engagement', filter: 'tintype.engagement.>' },
];
const BATCH = 500;
const EXPIRES_MS = 1_000;

/** The event, or nothing if the message is not one. The consumers move such messages to the dead letters. */
function readable(bytes: Uint8Array): EventEnvelope[] {
  try {
    return [readEnvelope(bytes)];
  } catch (error) {
    if (error instanceof UnprocessableEventError) return [];
    throw error;
  }
}

export function createReplayService(deps: {
  bus: EventBus;
  recordInteractions: InteractionService;
  log: Log;
}): ReplayService {
  const { bus, recordInteractions, log } = deps;

  /**
   * Skips events that cannot be counted. They are dead letters, or the consumers count them once their posts are known.
   * If we waited for them here, there would be no trends until then.
   */
  const take = async (events: readonly EventEnvelope[]): Promise<void> => {
    try {
      await recordInteractions.take(events);
    } catch (error) {
      if (!(error instanceof UnprocessableEventError || error instanceof EarlyEventError)) throw error;
      if (events.length > 1) for (const event of events) await take([event]);
    }
  };

  const read = async (stream: SubgraphName, filter: string, since: Date, signal: AbortSignal): Promise<number> => {
    const consumer = await bus.js.consumers.get(bus.streamName(stream), {
      filterSubjects: bus.subject(filter),
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: since.toISOString(),
    });
    let count = 0;
    try {
      for (let left = Number.POSITIVE_INFINITY; left > 0 && !signal.aborted; ) {
        const events: EventEnvelope[] = [];
        left = 0;
        for await (const message of await consumer.fetch({ max_messages: BATCH, expires: EXPIRES_MS })) {
          events.push(...readable(message.data));
          left = message.info.pending;
          if (left === 0) break;
        }
        await take(events);
        count += events.length;
      }
    } finally {
      // The server would remove the consumer only after five minutes, and a failing replay restarts every few seconds.
      await consumer
        .delete()
        .catch((error: unknown) => log.warn({ error, stream }, 'The replay consumer could not be deleted.'));
    }
    return count;
  };

  return {
    async run(signal) {
      const since = new Date(Date.now() - WINDOWS.DAY.bucket);
      for (const { stream, filter } of SOURCES) {
        const events = await read(stream, filter, since, signal);
        log.info({ stream, events }, 'Trends were counted again.');
      }
    },
  };
}
