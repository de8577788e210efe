import type { Relation } from '@tintype/policy';

/** Parent of `User`'s fields: everything else comes from the loader. */
export type PersonModel = { id: bigint };

/** One person as one viewer stands to them. */
export type PersonView = { relation: Relation; followerCount: number; followingCount: number };

/** Who may see an account, as the user subgraph tells it. */
export type Visibility = {
  id: bigint;
  /** Null where it was not told: it stays as it is. */
  isPrivate: boolean | null;
  isDeactivated: boolean;
  isDeleted: boolean;
  /** The user subgraph's version of this; 0 in events from before versions existed. */
  visibilityVersion: bigint;
  /** Of the event that told it: orders events of one version. 0 where no event did. */
  sequence: bigint;
};
