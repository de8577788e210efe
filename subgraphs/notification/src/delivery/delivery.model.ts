/** The destination id of mail. Push subscriptions have ids of their own. */
export const MAIL_DESTINATION = 0n;

/** A notification that is to be sent to one destination: a push subscription or the person's mailbox. */
export type Delivery = {
  recipientId: bigint;
  destinationId: bigint;
  notificationId: bigint;
  /** The latest change that it is about. */
  changeId: bigint;
  /** Including the current one. */
  attempts: number;
};
