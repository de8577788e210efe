import type { Log } from '@tintype/telemetry';
import type { StreamInfo } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { RETENTION_MS } from '#bus/streams.ts';
import type { Owner } from '#event.ts';
import * as metrics from '#relay/relay.metrics.ts';
import type { PublishedRow, RelayRepository } from '#relay/relay.repository.ts';
import { holdsEvent } from '#relay/stored-event.ts';

/** Rows that a step looks up in the stream: with a step every second, 17 million events a day. */
const WINDOW = 200;
/** The server reads a whole block, of 8 MB, for a message that it does not have in memory. */
const AT_ONCE = 10;
/** Between the end of a round and the next one. */
const REST_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Compares the outbox with the stream, a window of rows at a time and round after round: each published row that the stream should still have
 * is looked up by its sequence. What is missing, because a block of the store is damaged or somebody deleted messages, is published again,
 * together with all of its window: a server that met a damaged message was seen to pass over good ones beside it, for consumers alone.
 * Counts and sequences of the stream tell of most losses at once; then a round is made without pauses.
 */
export function createAudit(deps: { bus: EventBus; owner: Owner; repository: RelayRepository; log: Log }) {
  const { bus, owner, repository, log } = deps;
  const stream = bus.streamName(owner);
  let after = 0n;
  let restsUntil = 0;
  let isHurried = false;
  let before: { first: number; deleted: number } | undefined;
  /** Ids of events that are to be in the stream once more, though it may have them. */
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

  /** Begins a round at once. */
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
      log.error({ stream, missing: missing.length, eventIds }, 'the stream lacks events: publishing them again');
    }
    after = last ?? 0n;
    if (last !== null) return;
    isHurried = false;
    restsUntil = performance.now() + REST_MS;
  }

  return {
    again,

    begin,

    /** Whether steps are to be made without a pause, until the outbox was gone through from its beginning. */
    isHurried: () => isHurried,

    /** Looks at what the server counts. */
    notice({ state }: StreamInfo): void {
      const first = Math.max(1, state.first_seq);
      const now = { first, deleted: state.last_seq - first + 1 - state.messages };
      // Messages end by themselves only when they are as old as the stream keeps them.
      const isYoung = Date.now() - new Date(state.first_ts).getTime() < RETENTION_MS - HOUR_MS;
      if (before && (now.deleted > before.deleted || (now.first > before.first && isYoung))) {
        log.error({ stream, before, now }, 'the stream lost messages: looking for them');
        begin();
        isHurried = true;
      }
      before = now;
    },

    /** Looks at the next window, unless a round ended just now. What keeps it from that does not keep the relay from publishing. */
    async step(): Promise<void> {
      if (performance.now() < restsUntil) return;
      await compareWindow().catch((error: unknown) => log.warn({ error, stream }, 'the stream could not be compared'));
    },
  };
}
