import type { Relation } from '@tintype/policy';

/** Parent of `User`'s fields. Everything else comes from the loader. */
export type PersonModel = { id: bigint };

/** How one viewer stands to one person, with the person's counts. */
export type PersonView = { relation: Relation; followerCount: number; followingCount: number };

/** Who may see an account, according to the user subgraph. */
export type Visibility = {
  id: bigint;
  /** Null if the event does not say so. Then the stored value stays. */
  isPrivate: boolean | null;
  isDeactivated: boolean;
  isDeleted: boolean;
  /** The user subgraph's version of the visibility. 0 in events from before versions existed. */
  visibilityVersion: bigint;
  /** The sequence of the event, which orders events of one version. 0 if it did not come from an event. */
  sequence: bigint;
};
