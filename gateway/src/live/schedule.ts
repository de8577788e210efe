import { createBulkhead } from '@tintype/bounds';
import type { Log } from '@tintype/telemetry';
import { isUnauthenticated } from '#auth/authenticator.ts';
import type { SessionState } from '#auth/session-state.ts';
import { type Connection, isStuck } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Deliver, Outcome } from './delivery.ts';
import { HEARTBEAT } from './event-stream.ts';
import { LIVE_LIMITS, type LiveTiming } from './live.limits.ts';

/** Decides when connections are checked, and how many at once. */
export type Schedule = {
  /** Checks as soon as possible, because a signal arrived. */
  check(connection: Connection): void;
  /** Checks all of them in the next seconds, because signals may have been missed. */
  checkAll(): void;
  stop(): void;
};

/** Limits log lines while a store is unavailable, which affects every connection. */
const LOG_EVERY_MS = 10_000;

/**
 * One timer for all connections: heartbeats, expiry of access tokens, clients that do not read, and checks without a
 * signal.
 */
export function startSchedule(deps: {
  connections: Connections;
  deliver: Deliver;
  sessionState: SessionState;
  timing: LiveTiming;
  log: Log;
}): Schedule {
  const { connections, deliver, sessionState, timing, log } = deps;
  // Each connection is queued once at most.
  const withRoom = createBulkhead({ atOnce: LIVE_LIMITS.checksAtOnce, waiting: LIVE_LIMITS.connections });
  let loggedAt = 0;

  const check = (connection: Connection): void => {
    if (connection.isBusy) {
      connection.again = true;
      return;
    }
    if (connection.checks >= LIVE_LIMITS.checksPerSecond) {
      connection.nextCheckAt = 0;
      return;
    }
    connection.isBusy = true;
    connection.again = false;
    connection.checks += 1;
    withRoom(() => deliver(connection)).then(
      (outcome) => complete(connection, outcome),
      (error: Error) => fail(connection, error),
    );
  };
  const complete = (connection: Connection, outcome: Outcome): void => {
    connection.isBusy = false;
    if (connection.isEnded) return;
    connection.failures = 0;
    connection.nextCheckAt = outcome === 'later' ? 0 : Date.now() + timing.checkEveryMs * (0.5 + Math.random());
    if (outcome === 'more' || (outcome === 'done' && connection.again)) check(connection);
  };
  const fail = (connection: Connection, error: Error): void => {
    connection.isBusy = false;
    if (connection.isEnded) return;
    const wait = Math.min(timing.retryMs * 2 ** connection.failures, timing.checkEveryMs);
    connection.failures += 1;
    connection.nextCheckAt = Date.now() + wait * (0.5 + Math.random() / 2);
    if (Date.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = Date.now();
    const { source } = connection.document;
    const userId = String(connection.viewer.userId);
    log.warn({ error, userId, subscription: source.field }, 'Events could not be delivered. They will be retried.');
  };
  const beat = (connection: Connection, now: number): void => {
    connection.heartbeatAt = now + timing.heartbeatMs;
    connection.response.write(HEARTBEAT);
    sessionState.check(connection.viewer).then(
      (suspension) => {
        if (suspension) connections.end(connection, 'suspended');
      },
      (error: unknown) => {
        // If this is unknown, the next delivery waits until it is known.
        if (isUnauthenticated(error)) connections.end(connection, 'revoked');
      },
    );
  };
  /** Whether it waits for its client to read. In the end, the client is disconnected. */
  const isHeldUp = (connection: Connection, now: number): boolean => {
    if (!isStuck(connection)) {
      connection.stuckSince = 0;
      return false;
    }
    connection.stuckSince ||= now;
    if (now - connection.stuckSince >= timing.stuckMs) connections.end(connection, 'stuck');
    return true;
  };
  const tick = (): void => {
    const now = Date.now();
    for (const connection of connections.all) {
      connection.checks = 0;
      if (connection.expiresAt <= now) connections.end(connection, 'expired');
      else if (!isHeldUp(connection, now)) {
        if (connection.heartbeatAt <= now) beat(connection, now);
        if (connection.nextCheckAt <= now && !connection.isBusy) check(connection);
      }
    }
  };
  const timer = setInterval(tick, timing.tickMs);

  return {
    check,
    checkAll() {
      const now = Date.now();
      for (const connection of connections.all) {
        connection.nextCheckAt = Math.min(connection.nextCheckAt, now + Math.random() * timing.spreadMs);
      }
    },
    stop: () => clearInterval(timer),
  };
}
