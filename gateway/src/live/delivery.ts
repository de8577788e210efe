import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { counter } from '@tintype/telemetry';
import { isUnauthenticated } from '#auth/authenticator.ts';
import type { SessionState } from '#auth/session-state.ts';
import { GatewayError } from '#errors/errors.ts';
import { liveBucket } from '#limits/bucket.keys.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import { takesOf } from '#limits/share.rules.ts';
import type { RequestContext } from '#server/context.ts';
import { type Connection, type Filled, isStuck } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Change, EndError, EventSource } from './event.source.ts';
import { next, type Result } from './event-stream.ts';
import { LIVE_LIMITS } from './live.limits.ts';

/**
 * The result of a check: nothing is left to send, or something is, either now or when the client or its bucket can take
 * more.
 */
export type Outcome = 'done' | 'more' | 'later';

/** Checks for changes of a connection's subject and sends them. @throws Error if they cannot be read: try again */
export type Deliver = (connection: Connection) => Promise<Outcome>;

/** The query of the event failed, perhaps because something is unavailable for a moment. */
class UnfilledError extends Error {
  override name = 'UnfilledError';
}

/**
 * The owner of the data says what changed after the client's position. Signals only say when to check. Each event is a
 * query of its viewer through the graph, so it has what a query would return at that moment.
 *
 * The versions of events increase, and each event has the version of its data. If an object changed again between the
 * check and its query, its event belongs at the later version, and other objects may have changed in between. So it
 * waits for the next check. If that check still lists the object at or after the version that was read, nothing before
 * it was missed. The event is then sent as it was read, however often the object changes, and the newer change gets an
 * event of its own.
 */
export function createDelivery(deps: {
  apollo: ApolloServer<RequestContext>;
  connections: Connections;
  sessionState: SessionState;
  limiter: RateLimiter;
  rate: Rate;
  timeoutMs: number;
}): Deliver {
  const { apollo, connections, sessionState, limiter, rate, timeoutMs } = deps;
  const events = counter('gateway_live_events_total', 'Events by outcome', ['subscription', 'outcome']);

  const hasEnded = (connection: Connection): boolean => {
    if (connection.expiresAt <= Date.now()) connections.end(connection, 'expired');
    return connection.isEnded;
  };
  const mayReceive = async (connection: Connection): Promise<boolean> => {
    try {
      if (await sessionState.check(connection.viewer)) connections.end(connection, 'suspended');
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      connections.end(connection, 'revoked');
    }
    return !hasEnded(connection);
  };
  const canPay = async ({ viewer, tokens }: Connection): Promise<boolean> => {
    try {
      await limiter.take(takesOf(viewer, tokens, { bucket: liveBucket, rate }));
      return true;
    } catch (error) {
      if (error instanceof GatewayError) return false;
      throw error;
    }
  };
  const fill = async (connection: Connection, requestId: string, change: Change): Promise<Filled> => {
    const { document, variables, viewer } = connection;
    const { source, query, operationName, idVariable, versionKey } = document;
    const id = idVariable === undefined ? {} : { [idVariable]: change.id };
    const request = { query, operationName, variables: { ...variables, ...id } };
    const deadline = performance.now() + timeoutMs;
    const contextValue = { viewer, requestId, signal: AbortSignal.timeout(timeoutMs), deadline };
    const { body } = await apollo.executeOperation(request, { contextValue });
    if (body.kind !== 'single') throw new Error('An answer came in parts.');
    const { singleResult: result } = body;
    const version = takeVersion(result.data, versionKey) ?? change.version;
    if (source.compare(version, change.version) < 0) throw new UnfilledError('What was read is older than the change.');
    connection.attempts += 1;
    const isEmpty = Object.values(result.data ?? {}).every((value) => value === null);
    if (isEmpty && result.errors && connection.attempts < LIVE_LIMITS.attempts)
      throw new UnfilledError(result.errors[0]?.message);
    connection.attempts = 0;
    return { result, version, isMissing: isEmpty && !result.errors };
  };
  const send = (connection: Connection, { result, version, isMissing }: Filled): void => {
    const { source } = connection.document;
    if (!isMissing) connection.response.write(next(result, source.eventIdOf(connection.subject, version)));
    const outcome = isMissing ? 'missing' : result.errors ? 'error' : 'sent';
    events.inc({ subscription: source.field, outcome });
    connection.position = version;
  };
  const endWith = (connection: Connection, { code, message }: EndError): Outcome => {
    const errors = [{ message, path: [connection.document.responseKey], extensions: { code } }];
    connection.response.write(next({ data: null, errors }));
    connections.end(connection, 'not found');
    return 'done';
  };

  return async (connection) => {
    if (!(await mayReceive(connection))) return 'done';
    // Events of one check share the loaders of subgraphs.
    const requestId = randomUUID();
    const { document, position, moved } = connection;
    const { source } = document;
    connection.moved = NONE;
    const checked = await source.changesAfter(connection, requestId, position, LIVE_LIMITS.page);
    if (hasEnded(connection)) return 'done';
    if ('endError' in checked) return endWith(connection, checked.endError);
    const movedAgain = new Map<string, Filled>();
    let checksAgain = checked.changes.length === LIVE_LIMITS.page;
    for (const { change, known } of inOrder(source, checked.changes, moved)) {
      if (hasEnded(connection)) return 'done';
      if (isStuck(connection) || !(await canPay(connection))) return 'later';
      const filled = known ?? (await fill(connection, requestId, change));
      if (hasEnded(connection)) return 'done';
      if (filled.isMissing && source.missingObject === 'check again') checksAgain = true;
      else if (filled.version === change.version) send(connection, filled);
      else movedAgain.set(change.id, filled);
    }
    connection.moved = movedAgain;
    return checksAgain || movedAgain.size > 0 ? 'more' : 'done';
  };
}

const NONE: ReadonlyMap<string, Filled> = new Map();

type Step = { change: Change; known?: Filled };

/** Changes by version. An object whose version moved comes as it was read, and then its latest change. */
function inOrder(source: EventSource, changes: readonly Change[], moved: ReadonlyMap<string, Filled>): Step[] {
  const steps = changes.flatMap((change): Step[] => {
    const known = moved.get(change.id);
    if (!known) return [{ change }];
    const read = { change: { id: change.id, version: known.version }, known };
    return known.version === change.version ? [read] : [read, { change }];
  });
  return steps.toSorted((one, other) => source.compare(one.change.version, other.change.version));
}

/** Removes the version, which the client did not select. @returns undefined if the event has no object */
function takeVersion(data: Result['data'], key: string): string | undefined {
  let version: string | undefined;
  for (const value of Object.values(data ?? {})) {
    if (!isRecord(value)) continue;
    if (typeof value[key] === 'string') version = value[key];
    delete value[key];
  }
  return version;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
