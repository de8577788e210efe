import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@tintype/telemetry';
import { backoffMs, pause } from '#backoff.ts';
import type { EventBus } from '#bus/bus.ts';
import { type Delivery, type Life, toDelivery } from '#consumer/delivery.ts';
import { type Durable, ensureDurable, findDurable } from '#consumer/durable.ts';
import { type Pull, pull } from '#consumer/pull.ts';

/** The flow of one durable's messages into this process. */
export type Source = {
  /** Resolves when the signal is aborted; no delivery comes after that. */
  run(signal: AbortSignal): Promise<void>;
  /** Tells that there may be room for more. */
  released(): void;
  /** Takes back what was asked for and did not come yet. */
  hold(): void;
};

const EXPIRES_MS = 30_000;
const WATCH_MS = 2000;
const FORGET_MS = 1000;

/**
 * Pulls whenever at least half of the capacity is free. Whatever ends a pull, a vanished consumer or stream, a restarted
 * server, a lost connection, leads back to making what is missing and pulling again.
 *
 * @param options.room messages that may be taken on top of those held, and whether none is held
 * @param options.ensure makes the stream where it is missing
 */
export function createSource(options: {
  bus: EventBus;
  durable: Durable;
  capacity: number;
  room(): { free: number; idle: boolean };
  ensure(): Promise<unknown>;
  onDelivery(delivery: Delivery): void;
  onLag(messages: number): void;
  log: Log;
}): Source {
  const { bus, durable, capacity, room, ensure, onDelivery, onLag, log } = options;
  const pulls = new Set<Pull>();
  let changed = () => {};
  let life: Life = { created: '', ended: true };

  function begin(created: string): void {
    if (life.created === created) return;
    life.ended = true;
    life = { created, ended: false };
  }

  function refill(signal: AbortSignal, onGone: () => void): void {
    if (signal.aborted || !bus.ready()) return;
    const asked = [...pulls].reduce((sum, one) => sum + one.remaining(), 0);
    const { free, idle } = room();
    const batch = free - asked;
    const worthwhile = batch >= capacity / 2 || (idle && asked === 0);
    if (batch < 1 || !worthwhile) return;
    const current = life;
    const made = pull({
      nc: bus.nc,
      stream: durable.stream,
      durable: durable.name,
      batch,
      expiresMs: EXPIRES_MS,
      onMessage: (message) => onDelivery(toDelivery(bus.nc, message, current)),
      onEnd: (end) => {
        pulls.delete(made);
        if (end === 'gone') onGone();
        else if (end !== 'cancelled') changed();
      },
    });
    pulls.add(made);
  }

  /**
   * Takes back what was asked for. The server keeps such pulls listed until it looks at them, as it does to tell of the consumer. NATS 2.9
   * loses sight of a message that is returned before that, until its ack time ends.
   */
  async function cancelPulls(): Promise<void> {
    if (pulls.size === 0) return;
    for (const one of pulls) one.cancel();
    if (!bus.ready()) return;
    await Promise.race([findDurable(bus, durable).catch(() => undefined), sleep(FORGET_MS, undefined, { ref: false })]);
  }

  /** Pulls until the consumer is gone, the connection was lost and came back, or the signal is aborted. */
  async function flow(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const onGone = () => ended.abort();
    const stopListening = bus.onReconnect(onGone);
    const both = AbortSignal.any([signal, ended.signal]);
    const watch = setInterval(async () => {
      if (!bus.ready()) return;
      const info = await findDurable(bus, durable).catch(() => undefined);
      if (info === null) onGone();
      else if (info) onLag(info.num_pending + info.num_ack_pending);
    }, WATCH_MS);
    try {
      while (!both.aborted) {
        refill(both, onGone);
        const { promise, resolve } = Promise.withResolvers<void>();
        changed = resolve;
        both.addEventListener('abort', changed, { once: true });
        await promise;
        both.removeEventListener('abort', changed);
      }
    } finally {
      clearInterval(watch);
      stopListening();
      await cancelPulls();
    }
  }

  return {
    released: () => changed(),
    hold: () => void cancelPulls(),
    async run(signal) {
      for (let failed = 0; !signal.aborted; ) {
        try {
          await ensure();
          begin((await ensureDurable(bus, durable)).created);
          failed = 0;
          await flow(signal);
        } catch (error) {
          failed += 1;
          if (!signal.aborted) log.warn({ error, failed }, 'the consumer starts again');
        }
        // Also after a pull that ended at once: a server that is starting says "gone" many times a second.
        await pause(backoffMs(failed + 1), signal);
      }
    },
  };
}
