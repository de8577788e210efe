import { withTimeout } from '@tintype/bounds';
import { isUnfit } from '@tintype/postgres';
import { isOutage, type Log } from '@tintype/telemetry';
import * as metrics from '#consumer/consumer.metrics.ts';
import type { ConsumerOptions, HandleBatch, HandleEvent, HandlerContext } from '#consumer/consumer.options.ts';
import { createKeyedQueue } from '#consumer/keyed-queue.ts';
import { type ReceivedMessage, readEnvelope } from '#consumer/received-message.ts';
import { EarlyEventError, type EventEnvelope, UnprocessableEventError } from '#event.ts';

/** Passes messages to the handler. Each message ends in exactly one of the callbacks. */
export type Dispatch = {
  add(message: ReceivedMessage): void;
  /** Checks waiting messages again. While draining, they are returned instead of handled. */
  flush(): void;
};

type Item = { message: ReceivedMessage; event: EventEnvelope };

const HANDLER_TIMEOUT_MS = 300_000;
/** How many events of a failed batch are tried one by one before the rest counts as failed for the same reason. */
const TRIED_ALONE = 3;

export function createDispatch(deps: {
  options: ConsumerOptions;
  log: Log;
  draining(): boolean;
  cut(): AbortSignal;
  /** Whether a message may be handled now. */
  admits(message: ReceivedMessage): boolean;
  /** 1 for the first attempt. */
  attemptOf(message: ReceivedMessage): number;
  onHandled(message: ReceivedMessage): void;
  onFailed(message: ReceivedMessage, error: unknown): void;
  /** The consumer stops before the event was handled. */
  onReturned(message: ReceivedMessage): void;
  /** The event was not handled, because the breaker does not admit it. */
  onDeferred(message: ReceivedMessage): void;
}): Dispatch {
  const { options, log, draining, cut, admits, attemptOf, onHandled, onReturned, onDeferred } = deps;
  const { durable, concurrency = 8, batchSize = 100, handlerTimeoutMs = HANDLER_TIMEOUT_MS } = options;

  async function call(items: readonly Item[], work: (context: HandlerContext) => Promise<void>): Promise<void> {
    const stop = metrics.duration.startTimer({ durable });
    try {
      const attempt = Math.max(...items.map(({ message }) => attemptOf(message)));
      const working = () => {
        for (const { message } of items) message.working();
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
  const onFailed = (message: ReceivedMessage, error: unknown) =>
    cut().aborted ? onReturned(message) : deps.onFailed(message, error);

  /** Whether it may be handled. If not, the message has been returned or deferred. */
  function mayBegin(message: ReceivedMessage): boolean {
    if (draining()) onReturned(message);
    else if (!admits(message)) onDeferred(message);
    else return true;
    return false;
  }

  function byEvent(handle: HandleEvent): (item: Item) => void {
    const queue = createKeyedQueue(concurrency);
    return (item) =>
      queue.add(item.event.subject, async () => {
        if (!mayBegin(item.message)) return;
        await call([item], (context) => handle(item.event, context)).then(
          () => onHandled(item.message),
          (error: unknown) => onFailed(item.message, error),
        );
      });
  }

  function byBatch(handleBatch: HandleBatch): { add(item: Item): void; flush(): void } {
    const waiting: Item[] = [];
    let busy = false;

    async function pump(): Promise<void> {
      if (busy) return;
      busy = true;
      // Messages of this turn of the event loop go into the first batch together.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const items = waiting.splice(0, batchSize).filter(({ message }) => mayBegin(message));
        if (items.length > 0) await handleTogether(items);
      }
      busy = false;
    }

    async function handleTogether(items: Item[]): Promise<void> {
      const error = await tryBatch(items);
      if (error === undefined) for (const { message } of items) onHandled(message);
      else if (items.length === 1 || isOutage(error)) for (const { message } of items) onFailed(message, error);
      else await handleAlone(items);
    }

    async function handleAlone(items: Item[]): Promise<void> {
      let failed = 0;
      let last: unknown;
      for (const item of items) {
        if (!mayBegin(item.message)) continue;
        const error = failed >= TRIED_ALONE ? last : await tryBatch([item]);
        if (error === undefined) onHandled(item.message);
        else onFailed(item.message, error);
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
    add(message) {
      try {
        take({ message, event: readEnvelope(message.bytes) });
      } catch (error) {
        onFailed(message, error);
      }
    },
    flush: () => batches?.flush(),
  };
}
