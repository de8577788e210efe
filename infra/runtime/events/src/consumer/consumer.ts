import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs as jittered } from '@tintype/bounds';
import { isOutage } from '@tintype/telemetry';
import { ensureServiceStreams, ensureStream } from '#bus/streams.ts';
import { createAttemptCounts } from '#consumer/attempt-counts.ts';
import { createBreaker } from '#consumer/breaker.ts';
import * as metrics from '#consumer/consumer.metrics.ts';
import type { ConsumerOptions } from '#consumer/consumer.options.ts';
import { createDeferredMessages } from '#consumer/deferred-messages.ts';
import { createDispatch } from '#consumer/dispatch.ts';
import { createPullLoop } from '#consumer/pull-loop.ts';
import type { ReceivedMessage } from '#consumer/received-message.ts';
import { keyOfMessage, toDeadLetter } from '#dead-letter/dead-letter.ts';
import { createDeadLetterWriter } from '#dead-letter/dead-letter.writer.ts';
import { EarlyEventError, UnprocessableEventError } from '#event.ts';
import type { Worker } from '#worker.ts';

const BACKOFF_MS = [1000, 5000, 30_000, 120_000];
const ACK_WAIT_MS = 30_000;
/** While one batch is handled, the next one is collected. */
const BATCHES_HELD = 2;
/** How many events that an operator sent again are held, in addition to the others. */
const RETRY_CAPACITY = 10;
/** How often the server may send a message in addition to the attempts, for processes that stopped or crashed. */
const SPARE_SENDS = 20;
const PRUNE_MS = 3_600_000;

/**
 * A durable pull consumer. See ConsumerOptions for what a handler can rely on. It reads the owner's stream and
 * `retry.<durable>`, to which operators send dead letters again. It survives restarts of NATS. If NATS has lost the
 * durable, the consumer creates it again and starts from the oldest message.
 */
export function createConsumer(options: ConsumerOptions): Worker {
  const { bus, durable, maxDeliver = 5, backoffMs = BACKOFF_MS, batchSize = 100, drainMs = 10_000 } = options;
  const { ackWaitMs = ACK_WAIT_MS } = options;
  const mostHeld = 'handleBatch' in options ? BATCHES_HELD * batchSize : batchSize;
  const log = options.log.child({ durable });
  const retryStream = bus.streamName('retry');
  /**
   * Messages without an answer, by consumer instance, stream and sequence. The server may deliver a held message again.
   */
  const held = new Map<string, ReceivedMessage>();
  const counts = createCounts();
  const attempts = createAttemptCounts();
  const deadLetterWriter = createDeadLetterWriter(bus.deadLetters);
  /** The only message that may be handled while the breaker allows one. */
  let probe: ReceivedMessage | undefined;
  let pulling = new AbortController();
  let cutting = new AbortController();
  let running: Promise<unknown> | undefined;
  let draining = false;
  let emptied = () => {};

  const breaker = createBreaker({
    onChange(open) {
      metrics.paused.set({ durable }, breaker.allows() === 'all' ? 0 : 1);
      for (const loop of loops) open ? loop.hold() : loop.released();
      deferred.check();
    },
  });
  const isTrying = () => held.size > deferred.size();
  const deferred = createDeferredMessages({
    allows: () => breaker.allows(),
    isTrying,
    resume(message, isProbe) {
      if (isProbe) probe = message;
      dispatch.add(message);
    },
  });
  const dispatch = createDispatch({
    options,
    log,
    draining: () => draining,
    cut: () => cutting.signal,
    admits: (message) => breaker.allows() === 'all' || message === probe,
    attemptOf: (message) => attempts.of(message) + 1,
    onHandled: (message) => void succeed(message),
    onFailed: (message, error) => void fail(message, error),
    onReturned: giveBack,
    onDeferred: (message) => deferred.add(message, false),
  });
  const pullLoopOf = (stream: string, filter: string, capacity: number, ensure: () => Promise<unknown>) =>
    createPullLoop({
      bus,
      durable: { stream, name: durable, filter, maxDeliver: maxDeliver + SPARE_SENDS, ackWaitMs },
      capacity,
      room: () => {
        const allowed = breaker.allows();
        const idle = held.size === 0;
        if (allowed === 'all') return { free: capacity - counts.of(stream), idle: counts.of(stream) === 0 };
        return { free: allowed === 'one' && idle ? 1 : 0, idle };
      },
      ensure,
      onReceived: accept,
      onLag: (messages) => stream === bus.streamName(options.stream) && metrics.lag.set({ durable }, messages),
      log,
    });
  const loops = [
    pullLoopOf(bus.streamName(options.stream), bus.subject(options.filter), mostHeld, () =>
      ensureStream(bus, options.stream),
    ),
    pullLoopOf(retryStream, bus.subject(`retry.${durable}`), RETRY_CAPACITY, () => ensureServiceStreams(bus)),
  ];

  function accept(message: ReceivedMessage): void {
    const key = heldKey(message);
    if (held.has(key)) return;
    held.set(key, message);
    counts.add(message.stream, 1);
    if (held.size === deferred.size() + 1 && breaker.allows() === 'one') probe = message;
    dispatch.add(message);
  }

  function release(message: ReceivedMessage): void {
    if (probe === message) probe = undefined;
    if (held.delete(heldKey(message))) counts.add(message.stream, -1);
    for (const loop of loops) loop.released();
    if (held.size === 0) emptied();
  }

  function giveBack(message: ReceivedMessage): void {
    message.retry(0);
    release(message);
  }

  async function succeed(message: ReceivedMessage): Promise<void> {
    breaker.succeeded();
    metrics.handled.inc({ durable });
    attempts.forget(message);
    try {
      if (message.stream === retryStream) await bus.deadLetters.forget(durable, keyOfMessage(message.bytes));
      message.ack();
    } catch (error) {
      // The letter stays listed and is sent again, because handlers can run twice.
      log.warn({ error }, 'A dead letter that has been handled could not be deleted.');
      message.retry(jittered(1, ackWaitMs));
    }
    release(message);
  }

  function defer(message: ReceivedMessage, error: unknown): void {
    if (probe === message) probe = undefined;
    if (breaker.unavailable()) log.warn({ error }, 'A dependency is unavailable. The consumer waits for it.');
    deferred.add(message, true);
    if (draining) for (const one of deferred.clear()) giveBack(one);
  }

  async function fail(message: ReceivedMessage, error: unknown): Promise<void> {
    if (isOutage(error)) return defer(message, error);
    const { stream, sequence } = message;
    const attempt = attempts.add(message);
    const unprocessable = error instanceof UnprocessableEventError;
    const early = error instanceof EarlyEventError;
    if (!early) metrics.failed.inc({ durable });
    if (!unprocessable && !early) breaker.failed();
    const delayMs = jittered(1, backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 0, Number.POSITIVE_INFINITY);
    if (!unprocessable && attempt < maxDeliver) {
      const level = early ? 'debug' : 'warn';
      log[level]({ error, stream, sequence, attempt, delayMs }, 'an event failed and is tried again');
      message.retry(delayMs);
      return release(message);
    }
    try {
      await deadLetterWriter.write(toDeadLetter(durable, options.stream, message, attempt, error));
      metrics.dead.inc({ durable });
      log.error({ error, stream, sequence, attempt }, 'An event was moved to the dead letters.');
      attempts.forget(message);
      message.term();
      release(message);
    } catch (writeError) {
      log.error({ error: writeError, stream, sequence, attempt }, 'A dead letter could not be written.');
      if (isOutage(writeError)) {
        attempts.undo(message);
        return defer(message, writeError);
      }
      message.retry(delayMs);
      release(message);
    }
  }

  async function prune(): Promise<void> {
    await bus.deadLetters.prune(durable).catch((error: unknown) => {
      log.warn({ error }, 'Old dead letters could not be deleted.');
    });
  }

  async function drain(): Promise<void> {
    draining = true;
    for (const message of deferred.clear()) giveBack(message);
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
        for (const message of held.values()) message.working();
      }, ackWaitMs / 3);
      const pruning = setInterval(prune, PRUNE_MS);
      pulling.signal.addEventListener('abort', () => {
        clearInterval(heartbeat);
        clearInterval(pruning);
      });
      running = Promise.all(loops.map((loop) => loop.run(pulling.signal)));
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

function heldKey({ instance, stream, sequence }: ReceivedMessage): string {
  return `${instance.created} ${stream} ${sequence}`;
}

function createCounts() {
  const counts = new Map<string, number>();
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add: (key: string, by: number) => counts.set(key, (counts.get(key) ?? 0) + by),
  };
}
