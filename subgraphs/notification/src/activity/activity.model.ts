import type { NotificationKind } from '@tintype/schema/events/notification';

export type NotificationAudience = 'EVERYONE' | 'PEOPLE_I_FOLLOW' | 'OFF';

/** What an event says about one activity, for one recipient. */
export type ActivityChange = {
  recipientId: bigint;
  /** Identifies the activity among those of the recipient: `like:<target>:<actor>`, `comment:<id>`, … */
  key: string;
  kind: NotificationKind;
  /** The post, comment or person that the activity is about. Activities of one kind and target are grouped. */
  targetId: bigint;
  actorId: bigint;
  postId: bigint | null;
  commentId: bigint | null;
  /** When it happened, in milliseconds since the Unix epoch. */
  atMs: bigint;
  /** Position in its owner's log. Of two changes with the same key, the later one counts. */
  version: bigint;
  /** False if the activity was undone. */
  present: boolean;
};

export type Activity = Omit<ActivityChange, 'targetId'> & {
  /** 0 if the activity was undone before it was known. */
  notificationId: bigint;
  /** The recipient's preference when the activity arrived. */
  audience: NotificationAudience;
  /** Whether its notification includes it. */
  shown: boolean;
  /** Whether it has been published as part of this notification. */
  published: boolean;
};

export type ActivityKey = Pick<Activity, 'recipientId' | 'key'>;

export function activityKeyText({ recipientId, key }: ActivityKey): string {
  return `${recipientId} ${key}`;
}
