import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import type { EventEnvelope } from '#event.ts';

export type HandlerContext = {
  log: Log;
  /** Aborted when the handler took longer than `handlerTimeoutMs`, or when a stop could not wait any longer. */
  signal: AbortSignal;
  /** 1 for the first attempt in this process. */
  attempt: number;
  /** Tells the server that the work continues. The consumer does this every 10 s anyway. */
  working(): void;
};

export type HandleEvent = (event: EventEnvelope, context: HandlerContext) => Promise<void>;
export type HandleBatch = (events: readonly EventEnvelope[], context: HandlerContext) => Promise<void>;

/**
 * With `handle`, events of one aggregate are handled in order, and up to `concurrency` aggregates at the same time.
 * With `handleBatch`, batches are handled one after another, each in stream order. If a batch fails, its events are
 * handled one by one.
 *
 * If a handler throws, the event is tried again after a pause, and becomes a dead letter after `maxDeliver` attempts.
 * With an UnprocessableEventError it becomes one at once. An outage (`isOutage`) does not count as an attempt: the
 * consumer pauses, and resumes when one event succeeds. Handlers must tolerate redelivery, replay and, across processes
 * and after a retry, a different order.
 */
export type ConsumerOptions = {
  bus: EventBus;
  /** The owner of the events. */
  stream: SubgraphName;
  /** `<consumer owner>__<purpose>` */
  durable: string;
  /** One subject or wildcard, without namespace: `tintype.post.post.>` */
  filter: string;
  /**
   * The most events held at once. For `handleBatch`, the most in one call, while as many are held for the next one.
   * Default: 100
   */
  batchSize?: number;
  /** How many aggregates are handled at the same time. Default: 8 */
  concurrency?: number;
  /** The number of attempts. Default: 5 */
  maxDeliver?: number;
  /** Pauses after the first, second, … failed attempt. The last one repeats. */
  backoffMs?: readonly number[];
  /**
   * How long the server waits for a sign of life about an event before it sends the event again. The consumer
   * sends one in time. Default: 30 s
   */
  ackWaitMs?: number;
  /** After this time a call counts as failed and its signal is aborted. Default: 5 minutes */
  handlerTimeoutMs?: number;
  /** How long `stop` waits for handlers before it aborts their signals. Default: 10 s */
  drainMs?: number;
  log: Log;
} & ({ handle: HandleEvent } | { handleBatch: HandleBatch });
