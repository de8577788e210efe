import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { createBulkhead } from '@tintype/bounds';
import type { RedisHandle } from '@tintype/redis';
import type { Closeable } from '@tintype/service';
import { counter, type Log } from '@tintype/telemetry';
import type { SessionState } from '#auth/session-state.ts';
import { GatewayError } from '#errors/errors.ts';
import type { Rate } from '#limits/gcra.rules.ts';
import type { RateLimiter } from '#limits/rate-limiter.ts';
import type { RequestContext } from '#server/context.ts';
import type { Connection } from './connection.ts';
import { type ConnectionLimits, createConnections } from './connections.ts';
import { createDelivery } from './delivery.ts';
import type { EventSource } from './event.source.ts';
import { opening } from './event-stream.ts';
import { LIVE_LIMITS, LIVE_TIMING, type LiveTiming } from './live.limits.ts';
import { startSchedule } from './schedule.ts';
import { subscribeSignals } from './signals.ts';

/** An admitted client that wants to subscribe. */
export type Listener = Pick<Connection, 'viewer' | 'expiresAt' | 'document' | 'subject' | 'variables' | 'tokens'>;

/** Live delivery of one process. */
export type Live = Closeable & {
  /**
   * Responds with a stream of changes after `position`, or from the start of the source, until either side ends it. If
   * it throws, nothing has been written.
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
  sources: readonly EventSource[];
  redis: RedisHandle;
  sessionState: SessionState;
  limiter: RateLimiter;
  rate: Rate;
  /** For the query of an event. */
  timeoutMs: number;
  timing?: Partial<LiveTiming> | undefined;
  limits?: Partial<ConnectionLimits> | undefined;
  log: Log;
};

/** Receives signals when it resolves. */
export async function startLive(options: LiveOptions): Promise<Live> {
  const { apollo, sources, redis, sessionState, limiter, rate, timeoutMs, log } = options;
  const timing = { ...LIVE_TIMING, ...options.timing };
  const resumes = counter('gateway_live_resumes_total', 'Clients that continued after an event', ['subscription']);
  const connections = createConnections({ ...LIVE_LIMITS, ...options.limits });
  const deliver = createDelivery({ apollo, connections, sessionState, limiter, rate, timeoutMs });
  const schedule = startSchedule({ connections, deliver, sessionState, timing, log });
  const withRoom = createBulkhead({ atOnce: LIVE_LIMITS.checksAtOnce, waiting: LIVE_LIMITS.connections });
  let isClosing = false;
  const signals = await subscribeSignals({
    redis,
    owners: new Set(sources.map((source) => source.owner)),
    onSignal(owner, subject, version) {
      for (const connection of connections.about(owner, subject)) {
        if (connection.position !== version) schedule.check(connection);
      }
    },
    onGap: schedule.checkAll,
    log,
  });

  const checkRoom = ({ viewer }: Listener) => {
    if (isClosing) throw new GatewayError('OVERLOADED', 'This process is about to end.');
    connections.checkRoom(viewer);
  };
  const startOf = async (listener: Listener): Promise<string> => {
    const { source } = listener.document;
    try {
      return await withRoom(() => source.start(listener, randomUUID()));
    } catch (error) {
      log.warn(
        { error, subscription: source.field },
        'Clients cannot subscribe, because the owner of the events does not respond.',
      );
      const message = 'This subscription is unavailable at the moment. Try again later.';
      throw new GatewayError('UNAVAILABLE', message, { 'retry-after': '5' });
    }
  };

  return {
    async open(response, headers, listener, given) {
      const { source } = listener.document;
      checkRoom(listener);
      const position = given ?? (await startOf(listener));
      // While the position was read, other clients may have connected, or this one may have disconnected.
      checkRoom(listener);
      if (response.closed) return;
      const connection = newConnection(response, listener, position, timing);
      connections.add(connection);
      if (given !== undefined) resumes.inc({ subscription: source.field });
      response.writeHead(200, headers);
      const eventId = source.eventIdOf(listener.subject, position);
      response.write(opening(eventId, Math.round(timing.spreadMs * (0.3 + Math.random()))));
      // A signal since the position was read may have arrived before the connection was registered.
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
    // Spread out, in case many clients connect at once.
    heartbeatAt: now + timing.heartbeatMs * Math.random(),
    checks: 0,
    failures: 0,
    attempts: 0,
    stuckSince: 0,
    isEnded: false,
  };
}
