import { z } from 'zod';
import { id, type PublishedData } from './fields.ts';

export const NOTIFICATION_KINDS = [
  'LIKE_POST',
  'LIKE_COMMENT',
  'COMMENT',
  'REPLY',
  'MENTION',
  'FOLLOW',
  'FOLLOW_REQUEST',
  'FOLLOW_ACCEPTED',
  'SHARE',
  'POST_FAILED',
] as const;

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** `changeId` grows with every change of the recipient's notifications. `actorId` is who did it last. */
const notification = z.object({
  notificationId: id,
  recipientId: id,
  changeId: id,
  kind: z.enum(NOTIFICATION_KINDS),
  actorId: id,
});

/**
 * Events of the notification subgraph. The subject is the recipient's id. There is none for what is withdrawn: a consumer asks for the
 * notification, which is gone then.
 */
export const NOTIFICATION_EVENTS = {
  /** The first of its group. */
  'tintype.notification.notification.created.v1': notification,
  /** More people did the same. Several at once are one event. */
  'tintype.notification.notification.changed.v1': notification,
} as const;

export type NotificationEvents = PublishedData<typeof NOTIFICATION_EVENTS>;
