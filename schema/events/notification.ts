/** Kinds of notifications. */
export type NotificationKind =
  | 'LIKE_POST'
  | 'LIKE_COMMENT'
  | 'COMMENT'
  | 'REPLY'
  | 'MENTION'
  | 'FOLLOW'
  | 'FOLLOW_REQUEST'
  | 'FOLLOW_ACCEPTED'
  | 'SHARE'
  | 'POST_FAILED';

/**
 * Events of the notification subgraph. Ids travel as decimal strings; the subject is the recipient's id. What is withdrawn is not told:
 * who acts on these asks for the notification, which is gone then.
 */
export type NotificationEvents = {
  /** The first of its group. */
  'tintype.notification.notification.created.v1': NotificationEvent;
  /** More people did the same; of several at once, one event. */
  'tintype.notification.notification.changed.v1': NotificationEvent;
};

/** `changeId` grows with every change of the recipient's notifications; `actorId` is who did it last. */
type NotificationEvent = {
  notificationId: string;
  recipientId: string;
  changeId: string;
  kind: NotificationKind;
  actorId: string;
};
