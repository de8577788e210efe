/** What one person can be to another, from the first to the second. */
export type RelationKind = 'FOLLOWS' | 'MUTES' | 'BLOCKS' | 'BLOCKED_BY';

/** That a relation began or ended. */
export type RelationWord = {
  ownerId: bigint;
  otherId: bigint;
  what: RelationKind;
  /** Sequence of the event. */
  version: bigint;
  isOn: boolean;
  atMs: bigint;
};

/** How the owner stands, and stood, to the other. */
export type Relation = {
  /** Of each kind whether it is so now, and when it last began or ended. */
  state: ReadonlyMap<RelationKind, { isOn: boolean; lastMs: bigint }>;
  followedAt(atMs: bigint): boolean;
};

/** A relation from all words of a pair, in any order. */
export function relationOf(words: readonly RelationWord[]): Relation {
  const sorted = words.toSorted((one, other) => (one.version < other.version ? -1 : 1));
  const state = new Map<RelationKind, { isOn: boolean; lastMs: bigint }>();
  for (const { what, isOn, atMs } of sorted) {
    const before = state.get(what);
    state.set(what, { isOn, lastMs: before && before.lastMs > atMs ? before.lastMs : atMs });
  }
  return {
    state,
    followedAt: (atMs) => sorted.findLast((word) => word.what === 'FOLLOWS' && word.atMs <= atMs)?.isOn ?? false,
  };
}

/** While it lasts, and for what was done before it ended: what was kept from someone does not come back with its end. */
export function silences(relation: Relation, what: RelationKind, atMs: bigint): boolean {
  const known = relation.state.get(what);
  return known !== undefined && (known.isOn || atMs <= known.lastMs);
}
