/** The people of a notification who last did something, latest first; people with the same time by id. */
export type LatestActors = {
  actorIds: readonly bigint[];
  /** When each of them last did something, in milliseconds since the Unix epoch. */
  actorTimes: readonly bigint[];
  /** The newest comment of the first of them. */
  commentId: bigint | null;
};

/** The part of an activity that decides its place. */
export type Interaction = { actorId: bigint; atMs: bigint; commentId: bigint | null };

const KEPT = 3;

/** The latest actors after more interactions. These may arrive in any order, but must not be undone ones. */
export function addToLatestActors(newest: LatestActors, interactions: readonly Interaction[]): LatestActors {
  const known = newest.actorIds.map((actorId, index): Interaction => {
    return { actorId, atMs: newest.actorTimes[index]!, commentId: index === 0 ? newest.commentId : null };
  });
  const ofActor = new Map<bigint, Interaction>();
  for (const interaction of [...known, ...interactions]) {
    const other = ofActor.get(interaction.actorId);
    if (!other || isNewer(interaction, other)) ofActor.set(interaction.actorId, interaction);
  }
  const kept = [...ofActor.values()].sort(byNewest).slice(0, KEPT);
  return {
    actorIds: kept.map((interaction) => interaction.actorId),
    actorTimes: kept.map((interaction) => interaction.atMs),
    commentId: kept[0]?.commentId ?? null,
  };
}

/** Compares two interactions of one person. */
export function isNewer(one: Interaction, other: Interaction): boolean {
  return one.atMs === other.atMs ? (one.commentId ?? 0n) > (other.commentId ?? 0n) : one.atMs > other.atMs;
}

function byNewest(one: Interaction, other: Interaction): number {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs ? -1 : 1;
  return one.actorId > other.actorId ? -1 : 1;
}
