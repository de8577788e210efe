import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { createBulkhead } from '@tintype/bounds';
import type { SubgraphClient } from '@tintype/graphql';
import type { RedisHandle } from '@tintype/redis';
import type { Closeable } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import type { Denylist } from '#auth/denylist.ts';
import { GatewayError } from '#errors/errors.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import { createChangeSource } from './change.source.ts';
import type { Connection } from './connection.ts';
import { type ConnectionLimits, createConnections } from './connections.ts';
import { createDelivery } from './delivery.ts';
import { opening } from './event-stream.ts';
import { LIVE_LIMITS, LIVE_TIMING, type LiveTiming } from './live.limits.ts';
import { startSchedule } from './schedule.ts';
import { subscribeSignals } from './signals.ts';

/** Somebody who was admitted and wants to listen. */
export type Listener = Pick<Connection, 'viewer' | 'expiresAt' | 'listening' | 'variables' | 'tokens'>;

/** Live delivery of one process. */
export type Live = Closeable & {
  /**
   * Answers with a stream of what changes after `position`, or from now on, until either side ends it. Nothing was written where
   * it throws.
   *
   * @throws GatewayError TOO_MANY_CONNECTIONS, OVERLOADED, UNAVAILABLE
   */
  open(
    response: ServerResponse,
    headers: OutgoingHttpHeaders,
    listener: Listener,
    position: string | undefined,
  ): Promise<void>;
};

export type LiveOptions = {
  apollo: ApolloServer<RequestContext>;
  subgraphs: Pick<SubgraphClient, 'request'>;
  redis: RedisHandle;
  denylist: Denylist;
  limiter: RateLimiter;
  rate: Rate;
  /** For what fills one event in. */
  timeoutMs: number;
  timing?: Partial<LiveTiming> | undefined;
  limits?: Partial<ConnectionLimits> | undefined;
  log: Log;
};

/** Listening for signals when it resolves. */
export async function startLive(options: LiveOptions): Promise<Live> {
  const { apollo, subgraphs, redis, denylist, limiter, rate, timeoutMs, log } = options;
  const timing = { ...LIVE_TIMING, ...options.timing };
  const resumes = counter('gateway_live_resumes_total', 'Clients that went on from a place', []);
  const changes = createChangeSource(subgraphs);
  const connections = createConnections({ ...LIVE_LIMITS, ...options.limits });
  const deliver = createDelivery({ apollo, changes, connections, denylist, limiter, rate, timeoutMs });
  const schedule = startSchedule({ connections, deliver, denylist, timing, log });
  const withRoom = createBulkhead({ atOnce: LIVE_LIMITS.checksAtOnce, waiting: LIVE_LIMITS.connections });
  let isClosing = false;
  const signals = await subscribeSignals({
    redis,
    onSignal(recipientId, changeId) {
      for (const connection of connections.of(recipientId)) {
        if (connection.position !== changeId) schedule.check(connection);
      }
    },
    onGap: schedule.checkAll,
    log,
  });

  const checkRoom = (viewer: Viewer) => {
    if (isClosing) throw new GatewayError('OVERLOADED', 'This process is about to end.', { 'retry-after': '1' });
    connections.checkRoom(viewer.userId);
  };
  const now = async (viewer: Viewer): Promise<string> => {
    try {
      return await withRoom(() => changes.newest(viewer, randomUUID()));
    } catch (error) {
      log.warn({ error }, 'nobody can start to listen: notifications do not answer');
      throw new GatewayError('UNAVAILABLE', 'Notifications do not answer at the moment.', { 'retry-after': '5' });
    }
  };

  return {
    async open(response, headers, listener, given) {
      checkRoom(listener.viewer);
      const position = given ?? (await now(listener.viewer));
      // Others came, or it went, while the place was asked for.
      checkRoom(listener.viewer);
      if (response.closed) return;
      const connection = newConnection(response, listener, position, timing);
      connections.add(connection);
      if (given !== undefined) resumes.inc();
      response.writeHead(200, headers);
      response.write(opening(position, Math.round(timing.spreadMs * (0.3 + Math.random()))));
      // What changed since the place was found has signalled before anybody listened.
      schedule.check(connection);
    },
    async close() {
      isClosing = true;
      schedule.stop();
      for (const connection of connections.all) connections.end(connection, 'drained');
      await signals.close();
    },
  };
}

function newConnection(response: ServerResponse, listener: Listener, position: string, timing: LiveTiming): Connection {
  const now = Date.now();
  return {
    response,
    ...listener,
    position,
    moved: new Map(),
    isBusy: false,
    again: false,
    nextCheckAt: now,
    // Not all at once where many come at once.
    heartbeatAt: now + timing.heartbeatMs * Math.random(),
    checks: 0,
    failures: 0,
    attempts: 0,
    stuckSince: 0,
    isEnded: false,
  };
}
