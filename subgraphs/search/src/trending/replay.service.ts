import {
  EarlyEventError,
  type EventBus,
  type EventEnvelope,
  type Owner,
  readEnvelope,
  UnprocessableEventError,
} from '@tintype/events';
import type { Log } from '@tintype/telemetry';
import { DeliverPolicy } from 'nats';
import type { RecordService } from './record.service.ts';
import { WINDOWS } from './trend.rules.ts';

export type ReplayService = {
  /** Counts again what the streams have of the last day. What is counted meanwhile is counted once. */
  run(signal: AbortSignal): Promise<void>;
};

const SOURCES: readonly { stream: Owner; filter: string }[] = [
  { stream: 'post', filter: 'tintype.post.post.published.v1' },
  { stream: 'engagement', filter: 'tintype.engagement.>' },
];
const BATCH = 500;
const EXPIRES_MS = 1_000;

/** The event, or nothing where the message is none: the consumers give it up. */
function readable(bytes: Uint8Array): EventEnvelope[] {
  try {
    return [readEnvelope(bytes)];
  } catch (error) {
    if (error instanceof UnprocessableEventError) return [];
    throw error;
  }
}

export function createReplayService(deps: { bus: EventBus; recording: RecordService; log: Log }): ReplayService {
  const { bus, recording, log } = deps;

  /**
   * Passes over events that cannot be counted, one by one: the consumers gave them up, or count them when their posts are known. Waiting for
   * them here would leave everybody without lists for a day.
   */
  const take = async (events: readonly EventEnvelope[]): Promise<void> => {
    try {
      await recording.take(events);
    } catch (error) {
      if (!(error instanceof UnprocessableEventError || error instanceof EarlyEventError)) throw error;
      if (events.length > 1) for (const event of events) await take([event]);
    }
  };

  const read = async (stream: Owner, filter: string, since: Date, signal: AbortSignal): Promise<number> => {
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
      // The server forgets it by itself after five minutes, and a replay that fails is begun anew every few seconds.
      await consumer.delete().catch((error: unknown) => log.warn({ error, stream }, 'a consumer was left behind'));
    }
    return count;
  };

  return {
    async run(signal) {
      const since = new Date(Date.now() - WINDOWS.DAY.bucket);
      for (const { stream, filter } of SOURCES) {
        const events = await read(stream, filter, since, signal);
        log.info({ stream, events }, 'trends are counted again');
      }
    },
  };
}
