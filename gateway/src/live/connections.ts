import { counter, gauge } from '@tintype/telemetry';
import { GatewayError } from '#errors/errors.ts';
import type { Connection, EndReason } from './connection.ts';
import { COMPLETE } from './event-stream.ts';

/** The connections of this process. */
export type Connections = {
  all: ReadonlySet<Connection>;
  /** The connections that receive an owner's signals about a subject. */
  about(owner: string, subject: string): readonly Connection[];
  /** @throws GatewayError TOO_MANY_CONNECTIONS, OVERLOADED */
  checkRoom(userId: bigint): void;
  /** Counts the connection until its response is closed. @throws like checkRoom */
  add(connection: Connection): void;
  end(connection: Connection, reason: EndReason): void;
};

/** The maximum number of connections of a process, and of one viewer. */
export type ConnectionLimits = { connections: number; connectionsPerViewer: number };

/** How soon to retry when there is no room: nobody knows when a client will disconnect. */
const RETRY_AFTER = { 'retry-after': '30' };
const NONE: readonly Connection[] = [];

export function createConnections(limits: ConnectionLimits): Connections {
  const open = gauge('gateway_live_connections', 'Open connections to /events', ['subscription']);
  const ended = counter('gateway_live_ended_total', 'Connections to /events that ended', ['subscription', 'reason']);
  const all = new Set<Connection>();
  const byTopic = new Map<string, Connection[]>();
  const countByViewer = new Map<bigint, number>();

  const remove = (connection: Connection) => {
    if (!all.delete(connection)) return;
    open.dec({ subscription: connection.document.source.field });
    const topic = topicOf(connection.document.source.owner, connection.subject);
    const others = byTopic.get(topic)!.filter((other) => other !== connection);
    if (others.length > 0) byTopic.set(topic, others);
    else byTopic.delete(topic);
    const { userId } = connection.viewer;
    const count = countByViewer.get(userId)! - 1;
    if (count > 0) countByViewer.set(userId, count);
    else countByViewer.delete(userId);
  };
  const finish = (connection: Connection, reason: EndReason) => {
    if (connection.isEnded) return;
    connection.isEnded = true;
    ended.inc({ subscription: connection.document.source.field, reason });
    remove(connection);
  };
  const checkRoom = (userId: bigint) => {
    if (all.size >= limits.connections)
      throw new GatewayError('OVERLOADED', 'Too many clients listen at the moment.', RETRY_AFTER);
    if ((countByViewer.get(userId) ?? 0) < limits.connectionsPerViewer) return;
    const message = `More than ${limits.connectionsPerViewer} clients of this account would listen.`;
    throw new GatewayError('TOO_MANY_CONNECTIONS', message, RETRY_AFTER);
  };

  return {
    all,
    about: (owner, subject) => byTopic.get(topicOf(owner, subject)) ?? NONE,
    checkRoom,
    add(connection) {
      const { userId } = connection.viewer;
      checkRoom(userId);
      const topic = topicOf(connection.document.source.owner, connection.subject);
      all.add(connection);
      byTopic.set(topic, [...(byTopic.get(topic) ?? NONE), connection]);
      countByViewer.set(userId, (countByViewer.get(userId) ?? 0) + 1);
      open.inc({ subscription: connection.document.source.field });
      connection.response.once('close', () => finish(connection, 'gone'));
    },
    end(connection, reason) {
      if (connection.isEnded) return;
      finish(connection, reason);
      // Buffered data of a client that does not read would never be sent.
      if (reason === 'stuck') connection.response.destroy();
      // A client that gets `complete` does not reconnect, but after a drain it should.
      else if (reason === 'drained') connection.response.end();
      else connection.response.end(COMPLETE);
    },
  };
}

function topicOf(owner: string, subject: string): string {
  return `${owner}:${subject}`;
}
