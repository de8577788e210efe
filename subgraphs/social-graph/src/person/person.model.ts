import type { Relation } from '@tintype/policy';

/** Parent of `User`'s fields: everything else comes from the loader. */
export type PersonModel = { id: bigint };

/** One person as one viewer stands to them. */
export type PersonView = { relation: Relation; followerCount: number; followingCount: number };

/** What the user subgraph tells of an account. */
export type AccountFacts = { id: bigint; isPrivate: boolean };
