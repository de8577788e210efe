import { withTimeout } from '@tintype/bounds';
import { isUnfit } from '@tintype/postgres';
import { isOutage, type Log } from '@tintype/telemetry';
import * as metrics from '#consumer/consumer.metrics.ts';
import type { ConsumerOptions, HandleBatch, HandleEvent, HandlerContext } from '#consumer/consumer.options.ts';
import { type Delivery, readEnvelope } from '#consumer/delivery.ts';
import { createKeyedQueue } from '#consumer/keyed-queue.ts';
import { EarlyEventError, type EventEnvelope, UnprocessableEventError } from '#event.ts';

/** Passes deliveries to the handler. Each delivery ends in exactly one of the callbacks. */
export type Dispatch = {
  add(delivery: Delivery): void;
  /** Checks waiting deliveries again. While draining, they are returned instead of handled. */
  flush(): void;
};

type Item = { delivery: Delivery; event: EventEnvelope };

const HANDLER_TIMEOUT_MS = 300_000;
/** How many events of a failed batch are tried one by one before the rest counts as failed for the same reason. */
const TRIED_ALONE = 3;

export function createDispatch(deps: {
  options: ConsumerOptions;
  log: Log;
  draining(): boolean;
  cut(): AbortSignal;
  /** Whether a delivery may be handled now. */
  admits(delivery: Delivery): boolean;
  /** 1 for the first attempt. */
  attemptOf(delivery: Delivery): number;
  onHandled(delivery: Delivery): void;
  onFailed(delivery: Delivery, error: unknown): void;
  /** The consumer stops before the event was handled. */
  onReturned(delivery: Delivery): void;
  /** The event was not handled, because the breaker does not admit it. */
  onDeferred(delivery: Delivery): void;
}): Dispatch {
  const { options, log, draining, cut, admits, attemptOf, onHandled, onReturned, onDeferred } = deps;
  const { durable, concurrency = 8, batchSize = 100, handlerTimeoutMs = HANDLER_TIMEOUT_MS } = options;

  async function call(items: readonly Item[], work: (context: HandlerContext) => Promise<void>): Promise<void> {
    const stop = metrics.duration.startTimer({ durable });
    try {
      const attempt = Math.max(...items.map(({ delivery }) => attemptOf(delivery)));
      const working = () => {
        for (const { delivery } of items) delivery.working();
      };
      await withTimeout((signal) => work({ log, signal, attempt, working }), {
        ms: handlerTimeoutMs,
        timeoutError: () => new Error(`The handler took longer than ${handlerTimeoutMs} ms.`),
        signals: [cut()],
        abortError: () => new Error('The consumer stops.'),
      });
    } catch (error) {
      if (!isUnfit(error)) throw error;
      throw new UnprocessableEventError(`Postgres does not take it: ${(error as Error).message}`, { cause: error });
    } finally {
      stop();
    }
  }

  /** A handler that was aborted at the end of a drain has not failed. */
  const onFailed = (delivery: Delivery, error: unknown) =>
    cut().aborted ? onReturned(delivery) : deps.onFailed(delivery, error);

  /** Whether it may be handled. If not, the delivery has been returned or deferred. */
  function mayBegin(delivery: Delivery): boolean {
    if (draining()) onReturned(delivery);
    else if (!admits(delivery)) onDeferred(delivery);
    else return true;
    return false;
  }

  function byEvent(handle: HandleEvent): (item: Item) => void {
    const queue = createKeyedQueue(concurrency);
    return (item) =>
      queue.add(item.event.subject, async () => {
        if (!mayBegin(item.delivery)) return;
        await call([item], (context) => handle(item.event, context)).then(
          () => onHandled(item.delivery),
          (error: unknown) => onFailed(item.delivery, error),
        );
      });
  }

  function byBatch(handleBatch: HandleBatch): { add(item: Item): void; flush(): void } {
    const waiting: Item[] = [];
    let busy = false;

    async function pump(): Promise<void> {
      if (busy) return;
      busy = true;
      // Deliveries of this turn of the event loop go into the first batch together.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const items = waiting.splice(0, batchSize).filter(({ delivery }) => mayBegin(delivery));
        if (items.length > 0) await handleTogether(items);
      }
      busy = false;
    }

    async function handleTogether(items: Item[]): Promise<void> {
      const error = await tryBatch(items);
      if (error === undefined) for (const { delivery } of items) onHandled(delivery);
      else if (items.length === 1 || isOutage(error)) for (const { delivery } of items) onFailed(delivery, error);
      else await handleAlone(items);
    }

    async function handleAlone(items: Item[]): Promise<void> {
      let failed = 0;
      let last: unknown;
      for (const item of items) {
        if (!mayBegin(item.delivery)) continue;
        const error = failed >= TRIED_ALONE ? last : await tryBatch([item]);
        if (error === undefined) onHandled(item.delivery);
        else onFailed(item.delivery, error);
        // An unprocessable or early event says nothing about the others.
        if (error instanceof UnprocessableEventError || error instanceof EarlyEventError) continue;
        failed = error === undefined ? 0 : failed + 1;
        last = error;
      }
    }

    const tryBatch = (items: readonly Item[]): Promise<unknown> =>
      call(items, (context) =>
        handleBatch(
          items.map(({ event }) => event),
          context,
        ),
      ).then(
        () => undefined,
        (error: unknown) => error ?? new Error('The handler failed without saying why.'),
      );

    return {
      add(item) {
        waiting.push(item);
        void pump();
      },
      flush: () => void pump(),
    };
  }

  const batches = 'handleBatch' in options ? byBatch(options.handleBatch) : undefined;
  const take = 'handleBatch' in options ? batches!.add : byEvent(options.handle);
  return {
    add(delivery) {
      try {
        take({ delivery, event: readEnvelope(delivery.bytes) });
      } catch (error) {
        onFailed(delivery, error);
      }
    },
    flush: () => batches?.flush(),
  };
}
