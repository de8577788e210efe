import type { NotificationKind } from '@tintype/schema/events/notification';

/** Target of what goes by mail: push subscriptions have ids of their own. */
export const MAIL_TARGET = 0n;

/** What is to be sent to one place. */
export type Delivery = {
  recipientId: bigint;
  targetId: bigint;
  notificationId: bigint;
  /** The newest change that it is about. */
  changeId: bigint;
  /** This one included. */
  attempts: number;
};

export type Digest = 'OFF' | 'DAILY' | 'WEEKLY';

/** How a person wants to hear of notifications outside the app. */
export type DeliverySetting = {
  pushKinds: NotificationKind[];
  mailKinds: NotificationKind[];
  /** IANA name. */
  timeZone: string;
  /** Minutes of the local day. */
  quiet: { from: number; to: number } | null;
  digest: Digest;
  /** Hour of the local day. */
  digestHour: number;
};
