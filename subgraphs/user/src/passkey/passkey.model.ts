export type PasskeyModel = {
  id: bigint;
  /** What its owner calls it. */
  name: string;
  /** Whether it is kept elsewhere, too, such as by a password manager that synchronises it. */
  isBackedUp: boolean;
  createdAt: Date;
  /** Null if it was never used. */
  lastUsedAt: Date | null;
};
