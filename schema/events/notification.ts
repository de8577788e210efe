import { z } from 'zod';
import { id, type PublishedData } from './fields.ts';

export const NOTIFICATION_KINDS = [
  'POST_LIKE',
  'COMMENT_LIKE',
  'COMMENT',
  'REPLY',
  'MENTION',
  'FOLLOW',
  'FOLLOW_REQUEST',
  'FOLLOW_ACCEPTED',
  'SHARE',
  'POST_FAILED',
  'MODERATION',
] as const;

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** `changeId` grows with every change of the recipient's notifications. `actorId` is the latest actor. */
const notification = z.object({
  notificationId: id,
  recipientId: id,
  changeId: id,
  kind: z.enum(NOTIFICATION_KINDS),
  actorId: id,
});

/**
 * Events of the notification subgraph. The subject is the recipient's id. A withdrawal has no event: a consumer that
 * asks for the notification does not find it.
 */
export const NOTIFICATION_EVENTS = {
  /** The first activity of its group. */
  'tintype.notification.notification.created.v1': notification,
  /** More people joined. Several at the same time are one event. */
  'tintype.notification.notification.changed.v1': notification,
} as const;

export type NotificationEvents = PublishedData<typeof NOTIFICATION_EVENTS>;
