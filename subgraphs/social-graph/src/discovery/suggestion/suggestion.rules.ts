import type { Relation } from '@tintype/policy';

/**
 * How friends of friends are weighed. For a candidate c, over the people z whom the viewer v follows or who follow v, and who follow c:
 *
 *     score(v, c) = followers(c)^lean(v) * (sum over z of share(z) * recency(z) / degree(z)^rarity + [c follows v] * ofFollower)
 *     share(z)    = [v follows z] + [z follows v] * ofFollowers
 *     lean(v)     = leanOffset - leanSlope * ln(paths(v) / candidates(v)), within leanBounds
 *
 * The sum is of the kind of L. A. Adamic and E. Adar, "Friends and neighbors on the Web", Social Networks 25 (2003), pp. 211-230, and of
 * resource allocation by T. Zhou, L. Lü and Y.-C. Zhang, "Predicting missing links via local information", European Physical Journal B 71
 * (2009), pp. 623-630: who follows few says more by it than who follows everyone. degree(z) is the larger of z's two counts, at least 2.
 * recency(z) = 1 + recencyBonus * 2^(-age / halfLife), where the age is that of the newer of the two follows; that of c's follow of v counts alike.
 *
 * Lean tells circles of friends from audiences. Where many paths lead to each candidate, all know each other, and those near the viewer come
 * first; where each has a path of its own, it is the well known ones. One exponent for everybody is right for one kind of graph only.
 */
export type Weights = {
  rarity: number;
  /** What a path through one of the viewer's followers counts beside one through somebody whom the viewer follows. */
  ofFollowers: number;
  /** What it counts that the candidate follows the viewer: as much as one path through somebody of degree ofFollower^(-1 / rarity). */
  ofFollower: number;
  leanSlope: number;
  leanOffset: number;
  leanBounds: readonly [number, number];
  /** What a follow of this moment weighs beyond an old one. */
  recencyBonus: number;
  halfLifeDays: number;
};

/**
 * Chosen by `bench people` on blocks of three graphs of different kinds, and measured on their other blocks. The graphs have no times: bonus
 * and half-life are a choice.
 */
export const WEIGHTS: Weights = {
  rarity: 0.75,
  ofFollowers: 0.6,
  ofFollower: 0.1,
  leanSlope: 0.3,
  leanOffset: 0.3,
  leanBounds: [-0.4, 0.6],
  recencyBonus: 0.5,
  halfLifeDays: 30,
};

/**
 * How far one computation looks, so that it never costs more than 120,000 rows: 300 is more than nearly everybody follows, and of
 * those who follow more the newest say what they are interested in now.
 */
export const NEIGHBOURHOOD = {
  /** The viewer's newest follows. */
  friends: 300,
  /** The viewer's newest followers. */
  followers: 100,
  /** The newest follows of each of them. */
  ofEach: 300,
  /** The best before their followers count, which needs a row of each. */
  weighed: 2000,
  /** Kept for a viewer: ten pages of twenty. */
  kept: 200,
  /** Mutual people named with each. */
  reasons: 3,
} as const;

/** Pauses between a change and a computation, so that many changes are one of them. In milliseconds. */
export type Debounce = {
  /** After a change of the viewer's own. */
  own: number;
  /** After a change of someone they follow; counted from the last computation where that is later. */
  neighbours: number;
  /** In which the changes of one person are gathered before their followers are marked. Delays nothing where it is shorter than `neighbours`. */
  gather: number;
};

export const DEBOUNCE: Debounce = { own: 2000, neighbours: 60_000, gather: 30_000 };

/** Whether someone may be suggested as the viewer stands to them now, whatever was so when it was computed. */
export function maySuggest(relation: Relation): boolean {
  const { exists, isSelf, follows, requested, blocks, blockedBy, mutes } = relation;
  return exists && !(isSelf || follows || requested || blocks || blockedBy || mutes);
}

/** Whether someone may be named as mutual: still followed, and still there. */
export function mayBeReason(relation: Relation): boolean {
  return relation.exists && relation.follows && !relation.blockedBy;
}
