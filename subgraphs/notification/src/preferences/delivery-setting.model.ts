import type { NotificationKind } from '@tintype/schema/events/notification';

export type Digest = 'OFF' | 'DAILY' | 'WEEKLY';

/** Which notifications a person wants outside the app, and when. */
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
