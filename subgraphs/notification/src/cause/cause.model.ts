import type { NotificationKind } from '@tintype/schema/events/notification';

export type Audience = 'EVERYONE' | 'PEOPLE_I_FOLLOW' | 'OFF';

/** What an event says of one thing that one person did, for one recipient. */
export type CauseWord = {
  recipientId: bigint;
  /** Unique per recipient; says what it is: `like:<target>:<who>`, `comment:<id>`, … */
  key: string;
  kind: NotificationKind;
  /** What it was done to: with the kind, what is told together. */
  targetId: bigint;
  actorId: bigint;
  postId: bigint | null;
  commentId: bigint | null;
  /** When it was done, in milliseconds since the Unix epoch. */
  atMs: bigint;
  /** Place in its owner's log: of two words with the same key the newer one counts. */
  version: bigint;
  /** Not taken back. */
  present: boolean;
};

export type Cause = Omit<CauseWord, 'targetId'> & {
  /** 0 where it was taken back before it was known. */
  notificationId: bigint;
  /** What the recipient preferred when it came. */
  audience: Audience;
  /** Whether its notification has it in it. */
  shown: boolean;
  /** Whether the recipient was told of it in this notification. */
  told: boolean;
};

export type CauseKey = Pick<Cause, 'recipientId' | 'key'>;
