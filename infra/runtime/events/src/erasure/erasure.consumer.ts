import { USER_EVENTS } from '@tintype/schema/events/user';
import type { Log } from '@tintype/telemetry';
import type { EventBus } from '#bus/bus.ts';
import type { HandlerContext } from '#consumer/consumer.options.ts';
import { createConsumer } from '#consumer/consumer.ts';
import { readData } from '#data/read-event.ts';
import type { Owner } from '#event.ts';
import type { Worker } from '#worker.ts';

/** One kind of thing that an owner has of a person. */
export type ErasureStep = {
  name: string;
  /** The most of a page, where each costs more than a row or two. */
  most?: number;
  /**
   * Removes the next of them in one transaction, which also tells the events of their end: a process that is killed has removed a page
   * and told of it, or neither. What is removed must not be found again, nor anything of the person be written after the first step.
   *
   * @param place where a run of this step is, for what goes only later: it begins at 0, and the step moves it on
   * @returns how many it found: fewer than `limit` where nothing is left
   */
  next(userId: bigint, limit: number, place: { after: bigint }): Promise<number>;
};

/** Rows of a page: 200 follows end in some 10 ms. */
const PAGE = 200;
/** A deleted account is not given up like another event: with the last pause after each failure this is a day and a half. */
const MAX_DELIVER = 1000;
/** Ten million followers. */
const HANDLER_TIMEOUT_MS = 6 * 3_600_000;
/** Each holds a connection nearly all the time, which others need too. */
const SIDE_BY_SIDE = 2;
/** A stop comes between two pages, and the rest is delivered again. */
const DRAIN_MS = 1000;

/**
 * Removes what an owner has of a person whose account is deleted, step by step and page by page. The event is acknowledged when nothing
 * is left; until then it is delivered again, and goes on where the last page ended. Repeats find nothing.
 *
 * @param options.steps in their order; the first makes sure that nothing new of the person stays
 */
export function createErasureConsumer(options: {
  bus: EventBus;
  owner: Owner;
  steps: readonly ErasureStep[];
  pageSize?: number;
  /** As of any consumer: how soon another process goes on where one was killed. */
  ackWaitMs?: number;
  log: Log;
}): Worker {
  const { bus, owner, steps, pageSize = PAGE, ackWaitMs, log } = options;
  return createConsumer({
    bus,
    stream: 'user',
    durable: `${owner}__erasure`,
    filter: 'tintype.user.account.deleted.v1',
    concurrency: SIDE_BY_SIDE,
    maxDeliver: MAX_DELIVER,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    drainMs: DRAIN_MS,
    ...(ackWaitMs === undefined ? {} : { ackWaitMs }),
    log,
    async handle(event, context) {
      const { userId } = readData(USER_EVENTS, 'tintype.user.account.deleted.v1', event);
      const removed = await erase(steps, userId, pageSize, context);
      context.log.info({ userId, removed }, 'a deleted account is erased');
    },
  });
}

/** @returns how many there were of what */
export async function erase(
  steps: readonly ErasureStep[],
  userId: bigint,
  pageSize: number,
  { signal, working }: Pick<HandlerContext, 'signal' | 'working'>,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  for (const { name, most = pageSize, next } of steps) {
    const limit = Math.min(pageSize, most);
    const place = { after: 0n };
    for (let found = limit; found >= limit; ) {
      signal.throwIfAborted();
      found = await next(userId, limit, place);
      if (found > 0) removed[name] = (removed[name] ?? 0) + found;
      working();
    }
  }
  return removed;
}
