import { counter, gauge } from '@tintype/telemetry';
import type { Viewer } from '@tintype/viewer';
import { GatewayError } from '#errors/errors.ts';
import { sharesOf } from '#limits/share.rules.ts';
import type { Connection, EndReason } from './connection.ts';
import { COMPLETE } from './event-stream.ts';

/** The connections of this process. */
export type Connections = {
  all: ReadonlySet<Connection>;
  /** The connections that receive an owner's signals about a subject. */
  about(owner: string, subject: string): readonly Connection[];
  /** @throws GatewayError TOO_MANY_CONNECTIONS, OVERLOADED */
  checkRoom(viewer: Viewer): void;
  /** Counts the connection until its response is closed. @throws like checkRoom */
  add(connection: Connection): void;
  end(connection: Connection, reason: EndReason): void;
};

/** The maximum number of connections of a process, and of one viewer: of an app, half of that. */
export type ConnectionLimits = { connections: number; connectionsPerViewer: number };

/** How soon to retry when there is no room: nobody knows when a client will disconnect. */
const RETRY_AFTER = { 'retry-after': '30' };
const NONE: readonly Connection[] = [];

export function createConnections(limits: ConnectionLimits): Connections {
  const open = gauge('gateway_live_connections', 'Open connections to /events', ['subscription']);
  const ended = counter('gateway_live_ended_total', 'Connections to /events that ended', ['subscription', 'reason']);
  const all = new Set<Connection>();
  const byTopic = new Map<string, Connection[]>();
  const counts = new Map<string, number>();

  const remove = (connection: Connection) => {
    if (!all.delete(connection)) return;
    open.dec({ subscription: connection.document.source.field });
    const topic = topicOf(connection.document.source.owner, connection.subject);
    const others = byTopic.get(topic)!.filter((other) => other !== connection);
    if (others.length > 0) byTopic.set(topic, others);
    else byTopic.delete(topic);
    for (const { name } of sharesOf(connection.viewer)) {
      const count = counts.get(name)! - 1;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    }
  };
  const finish = (connection: Connection, reason: EndReason) => {
    if (connection.isEnded) return;
    connection.isEnded = true;
    ended.inc({ subscription: connection.document.source.field, reason });
    remove(connection);
  };
  const checkRoom = (viewer: Viewer) => {
    if (all.size >= limits.connections)
      throw new GatewayError('OVERLOADED', 'Too many clients listen at the moment.', RETRY_AFTER);
    for (const { name, part } of sharesOf(viewer)) {
      const limit = Math.ceil(limits.connectionsPerViewer * part);
      if ((counts.get(name) ?? 0) < limit) continue;
      const whose = viewer.scopes ? 'apps of this account' : 'this account';
      throw new GatewayError(
        'TOO_MANY_CONNECTIONS',
        `Only ${limit} clients of ${whose} can listen at a time.`,
        RETRY_AFTER,
      );
    }
  };

  return {
    all,
    about: (owner, subject) => byTopic.get(topicOf(owner, subject)) ?? NONE,
    checkRoom,
    add(connection) {
      checkRoom(connection.viewer);
      const topic = topicOf(connection.document.source.owner, connection.subject);
      all.add(connection);
      byTopic.set(topic, [...(byTopic.get(topic) ?? NONE), connection]);
      for (const { name } of sharesOf(connection.viewer)) counts.set(name, (counts.get(name) ?? 0) + 1);
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
