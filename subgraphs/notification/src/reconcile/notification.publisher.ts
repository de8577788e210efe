import type { NewEvent, Outbox } from '@tintype/events';
import type { NotificationEvents } from '@tintype/schema/events/notification';
import type pg from 'pg';
import type { ListedGroup } from './reconcile.rules.ts';

export type NotificationChange = ListedGroup & { changeId: bigint };

export type NotificationPublisher = {
  /** Publishes changes in the transaction that made them, after it locked their recipients. */
  publish(tx: pg.PoolClient, changes: readonly NotificationChange[]): Promise<void>;
};

export function createNotificationPublisher(outbox: Outbox<NotificationEvents>): NotificationPublisher {
  return { publish: (tx, changes) => outbox.append(tx, changes.map(toEvent)) };
}

function toEvent({ group, latest, changeId }: NotificationChange): NewEvent<NotificationEvents> {
  const data = {
    notificationId: String(group.id),
    recipientId: String(group.recipientId),
    changeId: String(changeId),
    kind: group.kind,
    actorId: String(latest.actorId),
  };
  const verb = group.changeId === 0n ? 'created' : 'changed';
  return { type: `tintype.notification.notification.${verb}.v1` as const, subject: data.recipientId, data };
}
