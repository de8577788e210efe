import type { NewEvent, Outbox } from '@tintype/events';
import type { NotificationEvents } from '@tintype/schema/events/notification';
import type pg from 'pg';
import type { Placed } from './settle.rules.ts';

export type Telling = Placed & { changeId: bigint };

export type NotificationPublisher = {
  /** Tells of notifications, in the transaction that changed them and after it locked their recipients. */
  tell(tx: pg.PoolClient, told: readonly Telling[]): Promise<void>;
};

export function createNotificationPublisher(outbox: Outbox): NotificationPublisher {
  return { tell: (tx, told) => outbox.append(tx, told.map(toEvent)) };
}

function toEvent({ group, newest, changeId }: Telling): NewEvent {
  const data: NotificationEvents['tintype.notification.notification.created.v1'] = {
    notificationId: String(group.id),
    recipientId: String(group.recipientId),
    changeId: String(changeId),
    kind: group.kind,
    actorId: String(newest.actorId),
  };
  const verb = group.changedId === 0n ? 'created' : 'changed';
  return { type: `tintype.notification.notification.${verb}.v1`, subject: data.recipientId, data };
}
