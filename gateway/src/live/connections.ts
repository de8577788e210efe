import { counter, gauge } from '@tintype/telemetry';
import { GatewayError } from '#errors/errors.ts';
import type { Connection, EndReason } from './connection.ts';
import { COMPLETE } from './event-stream.ts';

/** The connections of this process, by whose they are. */
export type Connections = {
  all: ReadonlySet<Connection>;
  /** @param userId decimal */
  of(userId: string): readonly Connection[];
  /** @throws GatewayError TOO_MANY_CONNECTIONS, OVERLOADED */
  checkRoom(userId: bigint): void;
  /** Counts it from here until its response is closed. @throws as checkRoom does */
  add(connection: Connection): void;
  end(connection: Connection, reason: EndReason): void;
};

/** How many connections a process has at most, and of one viewer. */
export type ConnectionLimits = { connections: number; connectionsPerViewer: number };

/** Places come free when somebody goes away: nobody knows when. */
const RETRY_AFTER = { 'retry-after': '30' };
const NONE: readonly Connection[] = [];

export function createConnections(limits: ConnectionLimits): Connections {
  const open = gauge('gateway_live_connections', 'Clients that listen', []);
  const ended = counter('gateway_live_ended_total', 'Clients that listen no more', ['reason']);
  const all = new Set<Connection>();
  const byUser = new Map<string, Connection[]>();

  const remove = (connection: Connection) => {
    if (!all.delete(connection)) return;
    open.dec();
    const user = String(connection.viewer.userId);
    const others = byUser.get(user)!.filter((other) => other !== connection);
    if (others.length > 0) byUser.set(user, others);
    else byUser.delete(user);
  };
  const finish = (connection: Connection, reason: EndReason) => {
    if (connection.isEnded) return;
    connection.isEnded = true;
    ended.inc({ reason });
    remove(connection);
  };
  const checkRoom = (userId: bigint) => {
    if (all.size >= limits.connections)
      throw new GatewayError('OVERLOADED', 'Too many clients listen at the moment.', RETRY_AFTER);
    if ((byUser.get(String(userId))?.length ?? 0) < limits.connectionsPerViewer) return;
    const message = `More than ${limits.connectionsPerViewer} clients of this account would listen.`;
    throw new GatewayError('TOO_MANY_CONNECTIONS', message, RETRY_AFTER);
  };

  return {
    all,
    of: (userId) => byUser.get(userId) ?? NONE,
    checkRoom,
    add(connection) {
      checkRoom(connection.viewer.userId);
      const user = String(connection.viewer.userId);
      all.add(connection);
      byUser.set(user, [...(byUser.get(user) ?? NONE), connection]);
      open.inc();
      connection.response.once('close', () => finish(connection, 'gone'));
    },
    end(connection, reason) {
      if (connection.isEnded) return;
      finish(connection, reason);
      // What waits for a client that takes nothing would wait on.
      if (reason === 'stuck') connection.response.destroy();
      // Whoever is told that it is complete does not come back; after a drain it should.
      else if (reason === 'drained') connection.response.end();
      else connection.response.end(COMPLETE);
    },
  };
}
