import type { NotificationKind } from '@tintype/schema/events/notification';

import type { Newest } from './newest.rules.ts';

/** A notification as those who change it see it. */
export type Group = Newest & {
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
