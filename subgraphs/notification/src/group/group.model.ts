import type { NotificationKind } from '@tintype/schema/events/notification';

/** A notification as those who change it see it. */
export type Group = {
  recipientId: bigint;
  id: bigint;
  kind: NotificationKind;
  targetId: bigint;
  windowNo: number;
  /** 0 where nobody was told of it yet. */
  changedId: bigint;
  isRead: boolean;
};

/** What makes a notification one, beside whose it is. */
export type GroupKey = Pick<Group, 'recipientId' | 'kind' | 'targetId' | 'windowNo'> & { postId: bigint | null };
