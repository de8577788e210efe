import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gauge } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';
import { type ConnectGate, createConnectGate } from './connect.gate.ts';

/** Whether a Postgres server answers, as the pools of this process that use it find out together. */
export type Availability = {
  /**
   * A few connections are made at once: a server that stands still is not left with a queue of them that it has to serve first when it goes
   * on, and one that has just come back is not asked for all of them together.
   */
  gate: ConnectGate;
  /** Calls back whenever it is found to be away. @returns ends that */
  onAway(listener: () => void): () => void;
  /** Resolves once it answers as far as is known, or at the abort. */
  untilBack(signal: AbortSignal): Promise<void>;
  /** @throws StoreError UNAVAILABLE while it does not answer */
  check(): void;
  /** Whether it does not answer, as far as is known. Where nothing was asked for a second it is probed, for those who ask next. */
  isAway(): boolean;
  /** It answered something. */
  answered(): void;
  /** What was sent at this time (`performance.now()`) had no answer: if nothing else had one since, the server is probed. */
  suspect(sentAt: number): void;
};

/** How long a server that was well may take to answer a probe. */
const PROBE_MS = 1000;
/** A probe that has no answer is kept, since a server that stood still answers it first. Others are made beside it, four times later each time. */
const LATER = 4;
const MAX_PATIENCE_MS = 60_000;
const KEPT = 4;
/** After a probe that was refused. */
const PROBE_EVERY_MS = 500;
/** An answer that is older says nothing any more. */
const FRESH_MS = 1000;
/** A machine that does not even take a connection up has it in no queue. */
const REACH_MS = 5000;
/** Where nothing is heard of a machine for so long, it is asked whether it is there. */
const KEEPALIVE_MS = 5000;
const CONNECTING_AT_ONCE = 2;

const known = new Map<string, Availability>();

const away = gauge('tintype_postgres_away', '1 while a Postgres server does not answer this process', ['server']);

/** One for each server: pools that share it learn of its end and its return from one probe. */
export function availabilityOf(url: string): Availability {
  const { host } = new URL(url);
  let availability = known.get(host);
  if (!availability) {
    availability = createAvailability({
      probe: (signal) => probe(url, signal),
      onChange: (isAway) => away.set({ server: host }, isAway ? 1 : 0),
    });
    known.set(host, availability);
  }
  return availability;
}

/**
 * A server that is slow for one statement is not away: only a probe that is not answered tells. From then on nobody waits for it,
 * until a probe is answered.
 *
 * @param options.probe resolves when the server answers, however late, and rejects where it refuses or the signal is aborted
 */
export function createAvailability(options: {
  probe(signal: AbortSignal): Promise<void>;
  onChange?: (isAway: boolean) => void;
  probeMs?: number;
  everyMs?: number;
}): Availability {
  const { probe, onChange, probeMs = PROBE_MS, everyMs = PROBE_EVERY_MS } = options;
  let answeredAt = 0;
  let isAway = false;
  let isProbing = false;
  let back = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  const gate = createConnectGate(CONNECTING_AT_ONCE, () => back.promise);

  const set = (value: boolean) => {
    if (isAway === value) return;
    isAway = value;
    onChange?.(value);
    if (isAway) {
      for (const listener of listeners) listener();
      return;
    }
    back.resolve();
    back = Promise.withResolvers();
  };

  const answered = () => {
    answeredAt = performance.now();
    set(false);
  };

  const run = async () => {
    if (isProbing) return;
    isProbing = true;
    const startedAt = performance.now();
    // New connections may take long on a busy machine: an answer over any other one will do.
    const isAnswered = () => answeredAt >= startedAt;
    let kept: AbortController[] = [];
    let patienceMs = probeMs;
    while (!isAnswered()) {
      const controller = new AbortController();
      kept.push(controller);
      if (kept.length > KEPT) kept.splice(1, 1)[0]!.abort();
      const outcome = await Promise.race([
        probe(controller.signal).then(answered, () => {
          kept = kept.filter((one) => one !== controller);
          return 'refused' as const;
        }),
        sleep(patienceMs, 'late' as const, { ref: false }),
        // Answered over another probe, or by a statement.
        ...(isAway ? [back.promise] : []),
      ]);
      if (isAnswered()) break;
      set(true);
      if (outcome === 'late') patienceMs = Math.min(patienceMs * LATER, MAX_PATIENCE_MS);
      else await Promise.race([sleep(everyMs, undefined, { ref: false }), back.promise]);
    }
    for (const controller of kept) controller.abort();
    isProbing = false;
  };

  return {
    gate,
    check() {
      if (isAway) throw new StoreError('UNAVAILABLE');
    },
    isAway() {
      if (performance.now() - answeredAt > FRESH_MS) void run();
      return isAway;
    },
    onAway(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async untilBack(signal) {
      if (performance.now() - answeredAt > FRESH_MS) void run();
      if (!isAway || signal.aborted) return;
      const aborted = Promise.withResolvers<void>();
      const abort = () => aborted.resolve();
      signal.addEventListener('abort', abort, { once: true });
      await Promise.race([back.promise, aborted.promise]);
      signal.removeEventListener('abort', abort);
    },
    answered,
    suspect(sentAt) {
      if (answeredAt < sentAt) void run();
    },
  };
}

/** It ends when the server answers, when its machine is gone, or at the abort: a connection that the server took up stays in its queue. */
async function probe(url: string, signal: AbortSignal): Promise<void> {
  const socket = new Socket();
  // A process that ends does not wait for it.
  socket.unref();
  const giveUp = setTimeout(() => socket.destroy(new Error('No machine answered.')), REACH_MS).unref();
  socket.once('connect', () => clearTimeout(giveUp)).once('close', () => clearTimeout(giveUp));
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tintype-probe',
    stream: () => socket,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
  });
  client.on('error', () => undefined);
  const end = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', end, { once: true });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    // A server that has no connections left, or refuses this one, answers; one that starts or ends does not serve.
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
