import type { NotificationKind } from '@tintype/schema/events/notification';
import type { LatestActors } from './latest-actors.rules.ts';

/** A notification, with the columns that grouping needs. */
export type Group = LatestActors & {
  recipientId: bigint;
  id: bigint;
  kind: NotificationKind;
  targetId: bigint;
  windowNo: number;
  /** 0 if the notification has not been in the recipient's list yet. */
  changeId: bigint;
  isRead: boolean;
};

export type GroupId = Pick<Group, 'recipientId' | 'id'>;

/** Activities with the same key are one notification. */
export type GroupKey = Pick<Group, 'recipientId' | 'kind' | 'targetId' | 'windowNo'> & { postId: bigint | null };
