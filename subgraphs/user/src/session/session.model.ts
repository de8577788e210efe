/** A device or app that is logged in. */
export type SessionModel = {
  id: bigint;
  /** What the client called itself; may be empty. */
  device: string;
  createdAt: Date;
  /** Of the last refresh. */
  lastSeenAt: Date;
};
