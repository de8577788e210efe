import type { NotificationKind } from '@tintype/schema/events/notification';

/** A notification as its recipient sees it. */
export type NotificationModel = {
  id: bigint;
  kind: NotificationKind;
  postId: bigint | null;
  commentId: bigint | null;
  actorCount: number;
  /** The latest three, latest first. */
  actorIds: bigint[];
  changeId: bigint;
  readAt: Date | null;
};
