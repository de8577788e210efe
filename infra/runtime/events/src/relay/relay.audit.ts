import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import type { StreamInfo } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { RETENTION_MS } from '#bus/streams.ts';
import * as metrics from '#relay/relay.metrics.ts';
import type { PublishedRow, RelayRepository } from '#relay/relay.repository.ts';
import { holdsEvent } from '#relay/stored-event.ts';

/** How many rows one step looks up in the stream. With a step per second, that is 17 million events a day. */
const WINDOW = 200;
/** To read a message that is not in memory, the server reads a whole block of 8 MB. */
const AT_ONCE = 10;
/** The pause between two rounds. */
const REST_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Compares the outbox with the stream, one window of rows at a time, round after round. Each published row that the
 * stream should still have is looked up by its sequence. If one is missing, because a block of the store is damaged or
 * somebody deleted messages, its whole window is published again: a server with a damaged message was seen to skip good
 * ones beside it for consumers. Counts and sequences of the stream reveal most losses at once. Then a round runs
 * without pauses.
 */
export function createAudit(deps: { bus: EventBus; owner: SubgraphName; repository: RelayRepository; log: Log }) {
  const { bus, owner, repository, log } = deps;
  const stream = bus.streamName(owner);
  let after = 0n;
  let restsUntil = 0;
  let isHurried = false;
  let before: { first: number; deleted: number } | undefined;
  /** Ids of events that must be stored once more, even if the stream seems to have them. */
  const again = new Set<string>();

  async function findMissing(rows: readonly PublishedRow[]): Promise<PublishedRow[]> {
    const missing: PublishedRow[] = [];
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const part = rows.slice(from, from + AT_ONCE);
      const held = await Promise.all(part.map((row) => holdsEvent(bus, stream, row.streamSequence, row.id)));
      missing.push(...part.filter((_row, index) => !held[index]));
    }
    return missing;
  }

  /** Starts a round at once. */
  function begin(): void {
    after = 0n;
    restsUntil = 0;
  }

  async function compareWindow(): Promise<void> {
    const { rows, last } = await repository.listPublished(after, WINDOW);
    const missing = await findMissing(rows);
    metrics.compared.inc({ owner }, rows.length);
    if (missing.length > 0) {
      for (const { id } of rows) again.add(id);
      await repository.publishAgain(rows.map((row) => row.position));
      metrics.missing.inc({ owner }, missing.length);
      const eventIds = missing.slice(0, 10).map((row) => row.id);
      log.error({ stream, missing: missing.length, eventIds }, 'The stream lacks events. They are published again.');
    }
    after = last ?? 0n;
    if (last !== null) return;
    isHurried = false;
    restsUntil = performance.now() + REST_MS;
  }

  return {
    again,

    begin,

    /** Whether steps should run without a pause, until the whole outbox has been compared. */
    isHurried: () => isHurried,

    /** Checks the server's counts. */
    notice({ state }: StreamInfo): void {
      const first = Math.max(1, state.first_seq);
      const now = { first, deleted: state.last_seq - first + 1 - state.messages };
      // Messages expire only after the retention time of the stream.
      const isYoung = Date.now() - new Date(state.first_ts).getTime() < RETENTION_MS - HOUR_MS;
      if (before && (now.deleted > before.deleted || (now.first > before.first && isYoung))) {
        log.error({ stream, before, now }, 'The stream lost messages. The outbox is compared with it.');
        begin();
        isHurried = true;
      }
      before = now;
    },

    /** Compares the next window, unless a round has just ended. Its failures do not stop the relay from publishing. */
    async step(): Promise<void> {
      if (performance.now() < restsUntil) return;
      await compareWindow().catch((error: unknown) =>
        log.warn({ error, stream }, 'The stream could not be compared with the outbox.'),
      );
    },
  };
}
