import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import type { EventEnvelope, Owner } from '#event.ts';

export type HandlerContext = {
  log: Log;
  /** Aborted when the handler took longer than `handlerTimeoutMs`, or when a stop could not wait any longer. */
  signal: AbortSignal;
  /** 1 at the first try in this process. */
  attempt: number;
  /** Tells the server that the work goes on. It is told every 10 s anyway. */
  working(): void;
};

export type HandleEvent = (event: EventEnvelope, context: HandlerContext) => Promise<void>;
export type HandleBatch = (events: readonly EventEnvelope[], context: HandlerContext) => Promise<void>;

/**
 * With `handle`, events of one aggregate come one after another and up to `concurrency` aggregates side by side. With
 * `handleBatch`, batches come one after another, each in stream order; one that fails is given again event by event.
 *
 * Throwing means another try after a pause, and after `maxDeliver` of them the dead letters. Throwing UnprocessableEventError means the dead
 * letters at once. An error that says that something is away (`isOutage`) counts as no try: the consumer pauses, and goes on when one event
 * succeeds. Handlers must bear redelivery, replay and, across processes and after a retry, another order.
 */
export type ConsumerOptions = {
  bus: EventBus;
  /** Whose events. */
  stream: Owner;
  /** `<consumer owner>__<purpose>` */
  durable: string;
  /** One subject or wildcard, without namespace: `tintype.post.post.>` */
  filter: string;
  /** Events held at once; of a consumer of batches the most in one call, while it holds as many for the next. 100 */
  batchSize?: number;
  /** Aggregates handled side by side. 8 */
  concurrency?: number;
  /** Tries. 5 */
  maxDeliver?: number;
  /** Pause after the first, second, … failed try; the last one repeats. */
  backoffMs?: readonly number[];
  /** How long the server waits for a word of a delivery before it delivers again; a process that lives tells it in time. 30 s */
  ackWaitMs?: number;
  /** After this long a call counts as failed and its signal is aborted. 5 minutes */
  handlerTimeoutMs?: number;
  /** How long `stop` waits for handlers before it aborts their signals. 10 s */
  drainMs?: number;
  log: Log;
} & ({ handle: HandleEvent } | { handleBatch: HandleBatch });
