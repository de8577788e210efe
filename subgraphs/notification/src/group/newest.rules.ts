/** The newest people of a notification, newest first: by when they last did something, then by id. */
export type Newest = {
  actorIds: readonly bigint[];
  /** When each of them did, in milliseconds since the Unix epoch. */
  actorTimes: readonly bigint[];
  /** The newest comment of the first of them. */
  commentId: bigint | null;
};

/** A thing that one person did. */
export type Interaction = { actorId: bigint; atMs: bigint; commentId: bigint | null };

const KEPT = 3;

/** Who is newest once these things are done as well. Things may come late; they may not be taken back. */
export function addToNewest(newest: Newest, interactions: readonly Interaction[]): Newest {
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

/** Of two things that one person did. */
export function isNewer(one: Interaction, other: Interaction): boolean {
  return one.atMs === other.atMs ? (one.commentId ?? 0n) > (other.commentId ?? 0n) : one.atMs > other.atMs;
}

function byNewest(one: Interaction, other: Interaction): number {
  if (one.atMs !== other.atMs) return one.atMs > other.atMs ? -1 : 1;
  return one.actorId > other.actorId ? -1 : 1;
}
