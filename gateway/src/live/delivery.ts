import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { counter } from '@tintype/telemetry';
import type { Denylist } from '#auth/denylist.ts';
import { GatewayError } from '#errors/errors.ts';
import { liveBucket } from '#limits/bucket.keys.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import type { Change, ChangeSource } from './change.source.ts';
import { type Connection, isStuck } from './connection.ts';
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

  const mayHear = async (connection: Connection): Promise<boolean> => {
    try {
      await denylist.check(connection.viewer);
    } catch {
      connections.end(connection, 'revoked');
    }
    if (connection.expiresAt <= Date.now()) connections.end(connection, 'expired');
    return !connection.isEnded;
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
  const fill = async ({ listening, variables, viewer }: Connection, requestId: string, id: string): Promise<Result> => {
    const { query, operationName, idVariable } = listening;
    const request = { query, operationName, variables: { ...variables, [idVariable]: id } };
    const deadline = performance.now() + timeoutMs;
    const contextValue = { viewer, requestId, signal: AbortSignal.timeout(timeoutMs), deadline };
    const { body } = await apollo.executeOperation(request, { contextValue });
    if (body.kind !== 'single') throw new Error('an event came in parts');
    return body.singleResult;
  };
  const send = async (connection: Connection, requestId: string, change: Change): Promise<void> => {
    const result = await fill(connection, requestId, change.id);
    if (connection.isEnded) return;
    const isEmpty = Object.values(result.data ?? {}).every((value) => value === null);
    connection.attempts += 1;
    if (isEmpty && result.errors && connection.attempts < LIVE_LIMITS.attempts)
      throw new UnfilledError(result.errors[0]?.message);
    // Taken back since it was told of.
    const isGone = isEmpty && !result.errors;
    if (!isGone) connection.response.write(next(result, change.changeId));
    events.inc({ outcome: isGone ? 'gone' : result.errors ? 'error' : 'sent' });
    connection.position = change.changeId;
    connection.attempts = 0;
  };

  return async (connection) => {
    if (!(await mayHear(connection))) return 'done';
    // Events of one look share the loaders of subgraphs.
    const requestId = randomUUID();
    const { viewer, position } = connection;
    const found = await changes.since(viewer, requestId, position, LIVE_LIMITS.page);
    for (const change of found) {
      if (connection.isEnded) return 'done';
      if (isStuck(connection) || !(await canPay(connection))) return 'later';
      await send(connection, requestId, change);
    }
    return found.length < LIVE_LIMITS.page ? 'done' : 'more';
  };
}
