import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, pause } from '@tintype/bounds';
import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import { type Durable, ensureDurable, findDurable } from '#consumer/durable.ts';
import { type Pull, pull } from '#consumer/pull.ts';
import { type ConsumerInstance, type ReceivedMessage, toReceivedMessage } from '#consumer/received-message.ts';

/** Pulls the messages of one durable into this process. */
export type PullLoop = {
  /** Resolves when the signal is aborted. No message comes after that. */
  run(signal: AbortSignal): Promise<void>;
  /** Call it when there may be room for more messages. */
  released(): void;
  /** Cancels pulls whose messages have not arrived yet. */
  hold(): void;
};

const EXPIRES_MS = 30_000;
const WATCH_MS = 2000;
const FORGET_MS = 1000;

/**
 * Pulls whenever at least half of the capacity is free. If a pull ends because the consumer or stream no longer exists,
 * the server was restarted or the connection was lost, the loop creates what is missing and pulls again.
 *
 * @param options.room how many more messages may be held, and whether none is held
 * @param options.ensure creates the stream if it is missing
 */
export function createPullLoop(options: {
  bus: EventBus;
  durable: Durable;
  capacity: number;
  room(): { free: number; idle: boolean };
  ensure(): Promise<unknown>;
  onReceived(delivery: ReceivedMessage): void;
  onLag(messages: number): void;
  log: Log;
}): PullLoop {
  const { bus, durable, capacity, room, ensure, onReceived, onLag, log } = options;
  const pulls = new Set<Pull>();
  let changed = () => {};
  let instance: ConsumerInstance = { created: '', ended: true };

  function begin(created: string): void {
    if (instance.created === created) return;
    instance.ended = true;
    instance = { created, ended: false };
  }

  function refill(signal: AbortSignal, onMissing: () => void): void {
    if (signal.aborted || !bus.ready()) return;
    const asked = [...pulls].reduce((sum, one) => sum + one.remaining(), 0);
    const { free, idle } = room();
    const batch = free - asked;
    const worthwhile = batch >= capacity / 2 || (idle && asked === 0);
    if (batch < 1 || !worthwhile) return;
    const current = instance;
    const made = pull({
      nc: bus.nc,
      stream: durable.stream,
      durable: durable.name,
      batch,
      expiresMs: EXPIRES_MS,
      onMessage: (message) => onReceived(toReceivedMessage(bus.nc, message, current)),
      onEnd: (end) => {
        pulls.delete(made);
        if (end === 'missing') onMissing();
        else if (end !== 'cancelled') changed();
      },
    });
    pulls.add(made);
  }

  /**
   * Cancels the open pulls. The server drops them only when it next inspects the consumer, so we request the consumer's
   * information. If a message is given back before that, NATS 2.9 delivers it again only after the ack time.
   */
  async function cancelPulls(): Promise<void> {
    if (pulls.size === 0) return;
    for (const one of pulls) one.cancel();
    if (!bus.ready()) return;
    await Promise.race([findDurable(bus, durable).catch(() => undefined), sleep(FORGET_MS, undefined, { ref: false })]);
  }

  /** Pulls until the consumer no longer exists, the connection has been restored, or the signal is aborted. */
  async function flow(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const onMissing = () => ended.abort();
    const stopListening = bus.onReconnect(onMissing);
    const both = AbortSignal.any([signal, ended.signal]);
    const watch = setInterval(async () => {
      if (!bus.ready()) return;
      const info = await findDurable(bus, durable).catch(() => undefined);
      if (info === null) onMissing();
      else if (info) onLag(info.num_pending + info.num_ack_pending);
    }, WATCH_MS);
    try {
      while (!both.aborted) {
        refill(both, onMissing);
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
          if (!signal.aborted) log.warn({ error, failed }, 'The consumer restarts.');
        }
        // Also after a pull that ended at once, because a server that is starting answers "no responders" many times a
        // second.
        await pause(backoffMs(failed + 1), signal);
      }
    },
  };
}
