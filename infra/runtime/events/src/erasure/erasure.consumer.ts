import { USER_EVENTS } from '@tintype/schema/events/user';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import type { HandlerContext } from '#consumer/consumer.options.ts';
import { createConsumer } from '#consumer/consumer.ts';
import { readData } from '#read-event.ts';
import type { Worker } from '#worker.ts';

/** The rows of one kind that an owner has of a person. */
export type ErasureStep = {
  name: string;
  /** A smaller page, if each item is more than a row or two. */
  most?: number;
  /**
   * Removes the next page in one transaction, which also writes the events. If the process is killed, both have
   * happened or neither has. Removed rows must not be found again, and nothing of the person may be written after the
   * first step.
   *
   * @param position where this run is, for rows that stay until a later step: it begins at 0, and the step advances
   * it
   * @returns how many rows it found: fewer than `limit` if nothing is left
   */
  next(userId: bigint, limit: number, position: { after: bigint }): Promise<number>;
};

/** Rows of a page. Deleting 200 follows takes about 10 ms. */
const PAGE_SIZE = 200;
/** More attempts than for other events: with the last pause after each failure, they take a day and a half. */
const MAX_DELIVER = 1000;
/** Long enough for ten million followers. */
const HANDLER_TIMEOUT_MS = 6 * 3_600_000;
/** Each erasure uses one database connection nearly all the time. */
const CONCURRENCY = 2;
/** A stop takes effect between two pages. The event is then delivered again. */
const DRAIN_MS = 1000;

/**
 * Removes an owner's rows of a person whose account is deleted, step by step and page by page. The event is
 * acknowledged when nothing is left. Until then it is delivered again, and the erasure continues after the last page.
 *
 * @param options.steps in order; the first one prevents new rows of the person
 */
export function createErasureConsumer(options: {
  bus: EventBus;
  owner: SubgraphName;
  steps: readonly ErasureStep[];
  pageSize?: number;
  /** How soon another process continues if one is killed. */
  ackWaitMs?: number;
  log: Log;
}): Worker {
  const { bus, owner, steps, pageSize = PAGE_SIZE, ackWaitMs, log } = options;
  return createConsumer({
    bus,
    stream: 'user',
    durable: `${owner}__erasure`,
    filter: 'tintype.user.account.deleted.v1',
    concurrency: CONCURRENCY,
    maxDeliver: MAX_DELIVER,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    drainMs: DRAIN_MS,
    ...(ackWaitMs === undefined ? {} : { ackWaitMs }),
    log,
    async handle(event, context) {
      const { userId } = readData(USER_EVENTS, 'tintype.user.account.deleted.v1', event);
      const removed = await erase(steps, userId, pageSize, context);
      context.log.info({ userId, removed }, 'A deleted account was erased.');
    },
  });
}

/** @returns how many rows each step removed */
export async function erase(
  steps: readonly ErasureStep[],
  userId: bigint,
  pageSize: number,
  { signal, working }: Pick<HandlerContext, 'signal' | 'working'>,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  for (const { name, most = pageSize, next } of steps) {
    const limit = Math.min(pageSize, most);
    const position = { after: 0n };
    for (let found = limit; found >= limit; ) {
      signal.throwIfAborted();
      found = await next(userId, limit, position);
      if (found > 0) removed[name] = (removed[name] ?? 0) + found;
      working();
    }
  }
  return removed;
}
