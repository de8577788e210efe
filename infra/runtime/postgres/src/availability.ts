import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gauge } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import pg from 'pg';
import { type ConnectGate, createConnectGate } from './connect.gate.ts';

/** Whether a Postgres server responds, found out together by all pools of this process that use it. */
export type Availability = {
  /**
   * How many connections are opened at once. A frozen server must not get a queue of them that it serves first when it
   * resumes, and a server that has just returned must not be asked for all of them at once.
   */
  gate: ConnectGate;
  /** Calls back each time the server becomes unavailable. @returns ends that */
  onAway(listener: () => void): () => void;
  /** Resolves when the server is believed to respond, or at the abort. */
  untilBack(signal: AbortSignal): Promise<void>;
  /** @throws StoreError UNAVAILABLE while it does not answer */
  check(): void;
  /**
   * Whether the server is believed to be unavailable. If no response arrived for a second, this starts a probe for the
   * next callers.
   */
  isAway(): boolean;
  /** The server answered something. */
  answered(): void;
  /**
   * Something sent at this time (`performance.now()`) was not answered. If nothing else was answered since, the server
   * is probed.
   */
  suspect(sentAt: number): void;
};

/** How long a healthy server may take to answer a probe. */
const PROBE_MS = 1000;
/**
 * A late probe is kept, because a frozen server answers it first. Others are sent beside it, each after four times the
 * pause.
 */
const LATER = 4;
const MAX_PATIENCE_MS = 60_000;
const KEPT = 4;
/** The pause after a refused probe. */
const PROBE_EVERY_MS = 500;
/** An older answer proves nothing. */
const FRESH_MS = 1000;
/** A machine that does not accept a connection within this time does not have it in a queue. */
const REACH_MS = 5000;
/** If a machine is silent for this long, TCP keepalive checks whether it still exists. */
const KEEPALIVE_MS = 5000;
const CONNECTING_AT_ONCE = 2;

const known = new Map<string, Availability>();

const away = gauge('tintype_postgres_away', '1 while a Postgres server does not respond to this process', ['server']);

/** One for each server: all pools that use it share its probes. */
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
 * A server that is slow for one statement is not unavailable: only an unanswered probe decides. From then on, nobody
 * waits for the server until a probe is answered.
 *
 * @param options.probe resolves when the server answers, however late, and rejects if it refuses or the signal is
 * aborted
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
    // New connections may take long on a busy machine, so an answer over any connection counts.
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
        // The server has answered another probe, or a statement.
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

/**
 * Ends when the server answers, when its machine is gone, or at the abort. A connection that the server has accepted
 * stays in its queue.
 */
async function probe(url: string, signal: AbortSignal): Promise<void> {
  const socket = new Socket();
  // Does not keep a process from ending.
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
    // A server that refuses a connection responds, unless it is starting or shutting down.
    if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
