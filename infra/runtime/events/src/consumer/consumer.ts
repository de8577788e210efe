import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage } from '@tintype/telemetry';
import { backoffMs as jittered } from '#backoff.ts';
import { ensureServiceStreams, ensureStream } from '#bus/streams.ts';
import { createBreaker } from '#consumer/breaker.ts';
import * as metrics from '#consumer/consumer.metrics.ts';
import type { ConsumerOptions } from '#consumer/consumer.options.ts';
import type { Delivery } from '#consumer/delivery.ts';
import { createDispatch } from '#consumer/dispatch.ts';
import { createSource } from '#consumer/source.ts';
import { createSuspended } from '#consumer/suspended.ts';
import { createTries } from '#consumer/tries.ts';
import { createBurials } from '#dead-letter/burials.ts';
import { keyOfMessage, toDeadLetter } from '#dead-letter/dead-letter.ts';
import { EarlyEventError, UnprocessableEventError } from '#event.ts';
import type { Worker } from '#worker.ts';

const BACKOFF_MS = [1000, 5000, 30_000, 120_000];
const ACK_WAIT_MS = 30_000;
/** While one batch is handled the next one comes, so that it is whole when its turn comes. */
const BATCHES_HELD = 2;
/** Events sent again by an operator, on top of the others. */
const RETRY_CAPACITY = 10;
/** Deliveries on top of the tries: those that a process gave back when it stopped, or did not survive. */
const SPARE_DELIVERIES = 20;
const PRUNE_MS = 3_600_000;

/**
 * A durable pull consumer: see ConsumerOptions for what a handler may count on. It reads the owner's stream and
 * `retry.<durable>`, where operators send dead letters again. It outlives restarts of NATS, and makes its durable anew,
 * from the oldest message, where NATS lost it.
 */
export function createConsumer(options: ConsumerOptions): Worker {
  const { bus, durable, maxDeliver = 5, backoffMs = BACKOFF_MS, batchSize = 100, drainMs = 10_000 } = options;
  const { ackWaitMs = ACK_WAIT_MS } = options;
  const mostHeld = 'handleBatch' in options ? BATCHES_HELD * batchSize : batchSize;
  const log = options.log.child({ durable });
  const retryStream = bus.streamName('retry');
  /** Delivered and not settled, by life, stream and sequence: the server may deliver again what is held. */
  const held = new Map<string, Delivery>();
  const counts = createCounts();
  const tries = createTries();
  const burials = createBurials(bus.deadLetters);
  /** The one that may be tried while the breaker allows one. */
  let probe: Delivery | undefined;
  let pulling = new AbortController();
  let cutting = new AbortController();
  let running: Promise<unknown> | undefined;
  let draining = false;
  let emptied = () => {};

  const breaker = createBreaker({
    onChange(open) {
      metrics.paused.set({ durable }, breaker.allows() === 'all' ? 0 : 1);
      for (const source of sources) open ? source.hold() : source.released();
      suspended.look();
    },
  });
  const isTrying = () => held.size > suspended.size();
  const suspended = createSuspended({
    allows: () => breaker.allows(),
    isTrying,
    resume(delivery, isProbe) {
      if (isProbe) probe = delivery;
      dispatch.add(delivery);
    },
  });
  const dispatch = createDispatch({
    options,
    log,
    draining: () => draining,
    cut: () => cutting.signal,
    admits: (delivery) => breaker.allows() === 'all' || delivery === probe,
    attemptOf: (delivery) => tries.of(delivery) + 1,
    onHandled: (delivery) => void succeed(delivery),
    onFailed: (delivery, error) => void fail(delivery, error),
    onReturned: giveBack,
    onSuspended: (delivery) => suspended.add(delivery, false),
  });
  const sourceOf = (stream: string, filter: string, capacity: number, ensure: () => Promise<unknown>) =>
    createSource({
      bus,
      durable: { stream, name: durable, filter, maxDeliver: maxDeliver + SPARE_DELIVERIES, ackWaitMs },
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
    sourceOf(bus.streamName(options.stream), bus.subject(options.filter), mostHeld, () =>
      ensureStream(bus, options.stream),
    ),
    sourceOf(retryStream, bus.subject(`retry.${durable}`), RETRY_CAPACITY, () => ensureServiceStreams(bus)),
  ];

  function accept(delivery: Delivery): void {
    const key = keyOf(delivery);
    if (held.has(key)) return;
    held.set(key, delivery);
    counts.add(delivery.stream, 1);
    if (held.size === suspended.size() + 1 && breaker.allows() === 'one') probe = delivery;
    dispatch.add(delivery);
  }

  function release(delivery: Delivery): void {
    if (probe === delivery) probe = undefined;
    if (held.delete(keyOf(delivery))) counts.add(delivery.stream, -1);
    for (const source of sources) source.released();
    if (held.size === 0) emptied();
  }

  function giveBack(delivery: Delivery): void {
    delivery.retry(0);
    release(delivery);
  }

  async function succeed(delivery: Delivery): Promise<void> {
    breaker.succeeded();
    metrics.handled.inc({ durable });
    tries.forget(delivery);
    try {
      if (delivery.stream === retryStream) await bus.deadLetters.forget(durable, keyOfMessage(delivery.bytes));
      delivery.ack();
    } catch (error) {
      // It stays listed as sent again, and is: handlers can run twice.
      log.warn({ error }, 'a dead letter that was handled could not be removed');
      delivery.retry(jittered(1, ackWaitMs));
    }
    release(delivery);
  }

  function suspend(delivery: Delivery, error: unknown): void {
    if (probe === delivery) probe = undefined;
    if (breaker.away()) log.warn({ error }, 'something that the events need is away: the consumer waits for it');
    suspended.add(delivery, true);
    if (draining) for (const one of suspended.clear()) giveBack(one);
  }

  async function fail(delivery: Delivery, error: unknown): Promise<void> {
    if (isOutage(error)) return suspend(delivery, error);
    const { stream, sequence } = delivery;
    const attempt = tries.add(delivery);
    const hopeless = error instanceof UnprocessableEventError;
    const early = error instanceof EarlyEventError;
    if (!early) metrics.failed.inc({ durable });
    if (!hopeless && !early) breaker.failed();
    const delayMs = jittered(1, backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 0, Number.POSITIVE_INFINITY);
    if (!hopeless && attempt < maxDeliver) {
      const level = early ? 'debug' : 'warn';
      log[level]({ error, stream, sequence, attempt, delayMs }, 'an event failed and is tried again');
      delivery.retry(delayMs);
      return release(delivery);
    }
    try {
      await burials.bury(toDeadLetter(durable, options.stream, delivery, attempt, error));
      metrics.dead.inc({ durable });
      log.error({ error, stream, sequence, attempt }, 'an event went to the dead letters');
      tries.forget(delivery);
      delivery.term();
      release(delivery);
    } catch (buryError) {
      log.error({ error: buryError, stream, sequence, attempt }, 'a dead letter could not be written');
      if (isOutage(buryError)) {
        tries.takeBack(delivery);
        return suspend(delivery, buryError);
      }
      delivery.retry(delayMs);
      release(delivery);
    }
  }

  async function prune(): Promise<void> {
    await bus.deadLetters.prune(durable).catch((error: unknown) => {
      log.warn({ error }, 'old dead letters could not be removed');
    });
  }

  async function drain(): Promise<void> {
    draining = true;
    for (const delivery of suspended.clear()) giveBack(delivery);
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
      const pruning = setInterval(prune, PRUNE_MS);
      pulling.signal.addEventListener('abort', () => {
        clearInterval(heartbeat);
        clearInterval(pruning);
      });
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
