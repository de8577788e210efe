/** How one person can stand to another. Each kind has a direction. */
export type RelationshipKind = 'FOLLOWS' | 'MUTES' | 'BLOCKS' | 'BLOCKED_BY';

/** The beginning or end of a relationship of one kind. */
export type RelationshipChange = {
  personId: bigint;
  otherId: bigint;
  kind: RelationshipKind;
  /** Sequence of the event. */
  version: bigint;
  isActive: boolean;
  atMs: bigint;
};

/** How a person stands, and stood, to another. */
export type Relationship = {
  /** For each kind, whether it is active now, and when it last began or ended. */
  state: ReadonlyMap<RelationshipKind, { isActive: boolean; lastMs: bigint }>;
  followedAt(atMs: bigint): boolean;
};

/** @param changes all changes of one pair, in any order */
export function relationshipOf(changes: readonly RelationshipChange[]): Relationship {
  const sorted = changes.toSorted((one, other) => (one.version < other.version ? -1 : 1));
  const state = new Map<RelationshipKind, { isActive: boolean; lastMs: bigint }>();
  for (const { kind, isActive, atMs } of sorted) {
    const before = state.get(kind);
    state.set(kind, { isActive, lastMs: before && before.lastMs > atMs ? before.lastMs : atMs });
  }
  return {
    state,
    followedAt: (atMs) =>
      sorted.findLast((change) => change.kind === 'FOLLOWS' && change.atMs <= atMs)?.isActive ?? false,
  };
}

/** A block or mute also suppresses what happened before it ended. What was withheld does not appear when it ends. */
export function isSuppressed(relationship: Relationship, kind: RelationshipKind, atMs: bigint): boolean {
  const known = relationship.state.get(kind);
  return known !== undefined && (known.isActive || atMs <= known.lastMs);
}
