/** How a viewer stands to one person. `relationLoaderOf` is its only source. */
export type Relation = {
  userId: bigint;
  isSelf: boolean;
  /** Whether the person has an account that is neither deactivated nor deleted. */
  exists: boolean;
  isPrivate: boolean;
  /** The viewer follows the person. */
  follows: boolean;
  /** The viewer has requested to follow the person. */
  requested: boolean;
  followedBy: boolean;
  blocks: boolean;
  blockedBy: boolean;
  mutes: boolean;
  restricts: boolean;
  /** The person restricts the viewer, who must not learn of it. */
  restrictedBy: boolean;
  /** The person is a close friend of the viewer. */
  hasAsCloseFriend: boolean;
  /** The viewer is a close friend of the person. They must not learn of it, except by seeing a post. */
  isCloseFriendOf: boolean;
};

/** For a person who does not exist or is not known. The policy denies everything. */
export function missingRelation(userId: bigint): Relation {
  return {
    userId,
    isSelf: false,
    exists: false,
    isPrivate: true,
    follows: false,
    requested: false,
    followedBy: false,
    blocks: false,
    blockedBy: false,
    mutes: false,
    restricts: false,
    restrictedBy: false,
    hasAsCloseFriend: false,
    isCloseFriendOf: false,
  };
}

/** The relation of the viewer to themselves, which needs no lookup. */
export function selfRelation(userId: bigint): Relation {
  return { ...missingRelation(userId), isSelf: true, exists: true };
}
