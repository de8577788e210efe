/** How a viewer stands to one person. Has one source: the social-graph subgraph. */
export type Relation = {
  userId: bigint;
  isSelf: boolean;
  /** Whether the person has an account that is neither deactivated nor deleted. */
  exists: boolean;
  isPrivate: boolean;
  /** The viewer follows the person. */
  follows: boolean;
  /** The viewer waits for the person's answer. */
  requested: boolean;
  followedBy: boolean;
  blocks: boolean;
  blockedBy: boolean;
  mutes: boolean;
};

/** Of someone who does not exist, or of whom nothing is known: the policy denies everything. */
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
  };
}

/** Of the viewer to themselves: needs no question. */
export function selfRelation(userId: bigint): Relation {
  return { ...missingRelation(userId), isSelf: true, exists: true };
}
