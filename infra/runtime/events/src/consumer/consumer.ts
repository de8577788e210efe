import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs as jittered } from '#backoff.ts';
import { ensureServiceStreams, ensureStream } from '#bus/streams.ts';
import { createBreaker } from '#consumer/breaker.ts';
import * as metrics from '#consumer/consumer.metrics.ts';
import type { ConsumerOptions } from '#consumer/consumer.options.ts';
import type { Delivery } from '#consumer/delivery.ts';
import { createDispatch } from '#consumer/dispatch.ts';
import { createSource } from '#consumer/source.ts';
import { buryDelivery } from '#dead-letter/dead-letter.ts';
import { EarlyEventError, UnprocessableEventError } from '#event.ts';
import type { Worker } from '#worker.ts';

const BACKOFF_MS = [1000, 5000, 30_000, 120_000];
const ACK_WAIT_MS = 30_000;
/** Events sent again by an operator, on top of the others. */
const RETRY_CAPACITY = 10;

/**
 * A durable pull consumer: see ConsumerOptions for what a handler may count on. It reads the owner's stream and
 * `retry.<durable>`, where operators send dead letters again. It outlives restarts of NATS, and makes its durable anew,
 * from the oldest message, where NATS lost it.
 */
export function createConsumer(options: ConsumerOptions): Worker {
  const { bus, durable, maxDeliver = 5, backoffMs = BACKOFF_MS, batchSize = 100, drainMs = 10_000 } = options;
  const { ackWaitMs = ACK_WAIT_MS } = options;
  const log = options.log.child({ durable });
  /** Delivered and not settled, by life, stream and sequence: the server may deliver again what is held. */
  const held = new Map<string, Delivery>();
  const counts = createCounts();
  let pulling = new AbortController();
  let cutting = new AbortController();
  let running: Promise<unknown> | undefined;
  let draining = false;
  let emptied = () => {};

  const breaker = createBreaker({
    onChange(open) {
      for (const source of sources) open ? source.hold() : source.released();
    },
  });
  const dispatch = createDispatch({
    options,
    log,
    draining: () => draining,
    cut: () => cutting.signal,
    onHandled(delivery) {
      breaker.succeeded();
      metrics.handled.inc({ durable });
      delivery.ack();
      release(delivery);
    },
    onFailed: (delivery, error) => void fail(delivery, error),
    onReturned(delivery) {
      delivery.retry(0);
      release(delivery);
    },
  });
  const sourceOf = (stream: string, filter: string, capacity: number, ensure: () => Promise<unknown>) =>
    createSource({
      bus,
      durable: { stream, name: durable, filter, maxDeliver, ackWaitMs },
      capacity,
      room: () => {
        const allowed = breaker.allows();
        const idle = held.size === 0;
        if (allowed === 'all') return { free: capacity - counts.of(stream), idle: counts.of(stream) === 0 };
        return { free: allowed === 'one' && idle ? 1 : 0, idle };
      },
      ensure,
      onDelivery: accept,
      onLag: (messages) => stream === bus.streamName(options.stream) && metrics.lag.set({ durable }, messages),
      log,
    });
  const sources = [
    sourceOf(bus.streamName(options.stream), bus.subject(options.filter), batchSize, () =>
      ensureStream(bus, options.stream),
    ),
    sourceOf(bus.streamName('retry'), bus.subject(`retry.${durable}`), RETRY_CAPACITY, () => ensureServiceStreams(bus)),
  ];

  function accept(delivery: Delivery): void {
    const key = keyOf(delivery);
    if (held.has(key)) return;
    held.set(key, delivery);
    counts.add(delivery.stream, 1);
    dispatch.add(delivery);
  }

  function release(delivery: Delivery): void {
    if (held.delete(keyOf(delivery))) counts.add(delivery.stream, -1);
    for (const source of sources) source.released();
    if (held.size === 0) emptied();
  }

  async function fail(delivery: Delivery, error: unknown): Promise<void> {
    const { attempt, stream, sequence } = delivery;
    const hopeless = error instanceof UnprocessableEventError;
    const early = error instanceof EarlyEventError;
    if (!early) metrics.failed.inc({ durable });
    if (!hopeless && !early) breaker.failed();
    const delayMs = jittered(1, backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 0, Number.POSITIVE_INFINITY);
    if (!hopeless && attempt < maxDeliver) {
      const level = early ? 'debug' : 'warn';
      log[level]({ error, stream, sequence, attempt, delayMs }, 'an event failed and is tried again');
      delivery.retry(delayMs);
    } else {
      await buryDelivery(bus, durable, delivery, error).then(
        () => {
          metrics.dead.inc({ durable });
          log.error({ error, stream, sequence, attempt }, 'an event went to the dead letters');
          delivery.term();
        },
        (buryError: unknown) => {
          // After the last delivery the server tells of it, and it is listed all the same.
          log.error({ error: buryError, stream, sequence, attempt }, 'a dead letter could not be written');
          delivery.retry(delayMs);
        },
      );
    }
    release(delivery);
  }

  async function drain(): Promise<void> {
    draining = true;
    dispatch.flush();
    const { promise, resolve } = Promise.withResolvers<void>();
    emptied = resolve;
    if (held.size > 0) await Promise.race([promise, sleep(drainMs, undefined, { ref: false })]);
    cutting.abort();
    if (held.size > 0) await Promise.race([promise, sleep(1000, undefined, { ref: false })]);
    if (bus.ready()) await Promise.race([bus.nc.flush(), sleep(1000, undefined, { ref: false })]);
  }

  return {
    name: durable,
    async start() {
      if (running) return;
      draining = false;
      pulling = new AbortController();
      cutting = new AbortController();
      const heartbeat = setInterval(() => {
        for (const delivery of held.values()) delivery.working();
      }, ackWaitMs / 3);
      pulling.signal.addEventListener('abort', () => clearInterval(heartbeat));
      running = Promise.all(sources.map((source) => source.run(pulling.signal)));
    },
    async stop() {
      if (!running) return;
      pulling.abort();
      await running;
      await drain();
      running = undefined;
    },
  };
}

function keyOf({ life, stream, sequence }: Delivery): string {
  return `${life.created} ${stream} ${sequence}`;
}

function createCounts() {
  const counts = new Map<string, number>();
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add: (key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by),
  };
}
