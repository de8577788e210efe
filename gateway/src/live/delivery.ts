import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { counter } from '@tintype/telemetry';
import { isUnauthenticated } from '#auth/authenticator.ts';
import type { Denylist } from '#auth/denylist.ts';
import { GatewayError } from '#errors/errors.ts';
import { liveBucket } from '#limits/bucket.keys.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import type { Change, ChangeSource } from './change.source.ts';
import { type Connection, type Filled, isStuck } from './connection.ts';
import type { Connections } from './connections.ts';
import { next, type Result } from './event-stream.ts';
import { LIVE_LIMITS } from './live.limits.ts';

/** What a look for changes came to: nothing is left to send, or something is, now or when the client or its bucket can take more. */
export type Outcome = 'done' | 'more' | 'later';

/** Looks for changes of a connection's viewer and sends them. @throws Error where they could not be had: try again */
export type Deliver = (connection: Connection) => Promise<Outcome>;

/** The event could not be filled in: what it needs may be away for a moment. */
class UnfilledError extends Error {
  override name = 'UnfilledError';
}

/**
 * What happened is what the owner of notifications says, from the place where the client is: signals only tell when to look.
 * Each event is a query of its viewer through the graph, so that it shows what a query of that moment would.
 *
 * Ids of events grow, and each is the change id of the data beside it. A notification that changed again between the look and
 * its query belongs at its later id, and other changes may have come in between; so it waits for the next look. If that look
 * still lists it after the data that was read, nothing was missed before that data: it is sent as it was read, however often
 * the notification changes, and its newer change comes as an event of its own.
 */
export function createDelivery(deps: {
  apollo: ApolloServer<RequestContext>;
  changes: ChangeSource;
  connections: Connections;
  denylist: Denylist;
  limiter: RateLimiter;
  rate: Rate;
  timeoutMs: number;
}): Deliver {
  const { apollo, changes, connections, denylist, limiter, rate, timeoutMs } = deps;
  const events = counter('gateway_live_events_total', 'Events that were sent', ['outcome']);

  const hasEnded = (connection: Connection): boolean => {
    if (connection.expiresAt <= Date.now()) connections.end(connection, 'expired');
    return connection.isEnded;
  };
  const mayHear = async (connection: Connection): Promise<boolean> => {
    try {
      await denylist.check(connection.viewer);
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      connections.end(connection, 'revoked');
    }
    return !hasEnded(connection);
  };
  const canPay = async ({ viewer, tokens }: Connection): Promise<boolean> => {
    try {
      await limiter.take([{ bucket: liveBucket(viewer.userId), rate, tokens }]);
      return true;
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
  };
  const fill = async (connection: Connection, requestId: string, change: Change): Promise<Filled> => {
    const { listening, variables, viewer } = connection;
    const { query, operationName, idVariable, changeIdKey } = listening;
    const request = { query, operationName, variables: { ...variables, [idVariable]: change.id } };
    const deadline = performance.now() + timeoutMs;
    const contextValue = { viewer, requestId, signal: AbortSignal.timeout(timeoutMs), deadline };
    const { body } = await apollo.executeOperation(request, { contextValue });
    if (body.kind !== 'single') throw new Error('an event came in parts');
    const { singleResult: result } = body;
    const changeId = takeChangeId(result.data, changeIdKey) ?? change.changeId;
    if (BigInt(changeId) < BigInt(change.changeId)) throw new UnfilledError('what was read is older than the change');
    connection.attempts += 1;
    const isEmpty = Object.values(result.data ?? {}).every((value) => value === null);
    if (isEmpty && result.errors && connection.attempts < LIVE_LIMITS.attempts)
      throw new UnfilledError(result.errors[0]?.message);
    connection.attempts = 0;
    return { result, changeId, isGone: isEmpty && !result.errors };
  };
  const send = (connection: Connection, { result, changeId, isGone }: Filled): void => {
    // What was taken back since it was told of is passed over.
    if (!isGone) connection.response.write(next(result, changeId));
    events.inc({ outcome: isGone ? 'gone' : result.errors ? 'error' : 'sent' });
    connection.position = changeId;
  };

  return async (connection) => {
    if (!(await mayHear(connection))) return 'done';
    // Events of one look share the loaders of subgraphs.
    const requestId = randomUUID();
    const { viewer, position, moved } = connection;
    connection.moved = NONE;
    const found = await changes.since(viewer, requestId, position, LIVE_LIMITS.page);
    const movedAgain = new Map<string, Filled>();
    for (const { change, known } of inOrder(found, moved)) {
      if (hasEnded(connection)) return 'done';
      if (isStuck(connection) || !(await canPay(connection))) return 'later';
      const filled = known ?? (await fill(connection, requestId, change));
      if (hasEnded(connection)) return 'done';
      if (filled.changeId === change.changeId) send(connection, filled);
      else movedAgain.set(change.id, filled);
    }
    connection.moved = movedAgain;
    return found.length < LIVE_LIMITS.page && movedAgain.size === 0 ? 'done' : 'more';
  };
}

const NONE: ReadonlyMap<string, Filled> = new Map();

type Step = { change: Change; known?: Filled };

/** Changes to send by their ids; a notification that moved has what was read of it at that place, and its newest change after it. */
function inOrder(found: readonly Change[], moved: ReadonlyMap<string, Filled>): Step[] {
  const steps = found.flatMap((change): Step[] => {
    const known = moved.get(change.id);
    if (!known) return [{ change }];
    const read = { change: { id: change.id, changeId: known.changeId }, known };
    return known.changeId === change.changeId ? [read] : [read, { change }];
  });
  return steps.toSorted((one, other) => (BigInt(one.change.changeId) < BigInt(other.change.changeId) ? -1 : 1));
}

/** Takes out what was asked for us alone. @returns undefined where the event has no notification */
function takeChangeId(data: Result['data'], key: string): string | undefined {
  let changeId: string | undefined;
  for (const value of Object.values(data ?? {})) {
    if (!isRecord(value)) continue;
    if (typeof value[key] === 'string') changeId = value[key];
    delete value[key];
  }
  return changeId;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
