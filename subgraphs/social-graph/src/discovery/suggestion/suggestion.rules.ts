import type { Relation } from '@tintype/policy';

/**
 * How friends of friends are weighted. For a candidate c, over the people z whom the viewer v follows or who follow v,
 * and who follow c:
 *
 *     score(v, c) = followers(c)^lean(v)
 *                   * (sum over z of share(z) * recency(z) / degree(z)^rarity + [c follows v] * ofFollower)
 *     share(z)    = [v follows z] + [z follows v] * ofFollowers
 *     lean(v)     = leanOffset - leanSlope * ln(paths(v) / candidates(v)), within leanBounds
 *
 * The sum follows L. A. Adamic and E. Adar, "Friends and neighbors on the Web", Social Networks 25 (2003), pp. 211-230,
 * and resource allocation by T. Zhou, L. Lü and Y.-C. Zhang, "Predicting missing links via local information", European
 * Physical Journal B 71 (2009), pp. 623-630: a follow by somebody who follows few people counts more. degree(z) is the
 * larger of z's two counts, at least 2.
 * recency(z) = 1 + recencyBonus * 2^(-age / halfLife), where the age is that of the newer of the two follows. The same
 * applies if c follows v.
 *
 * Lean separates circles of friends from audiences. If many paths lead to each candidate, all of them know each other,
 * and candidates near the viewer come first. If each candidate has only one path, popular candidates come first. A
 * fixed exponent would suit only one kind of graph.
 */
export type Weights = {
  rarity: number;
  /**
   * The weight of a path through a follower of the viewer, relative to one through somebody whom the viewer follows.
   */
  ofFollowers: number;
  /**
   * The weight of a candidate who follows the viewer: that of one path through somebody of degree ofFollower^(-1 /
   * rarity).
   */
  ofFollower: number;
  leanSlope: number;
  leanOffset: number;
  leanBounds: readonly [number, number];
  /** The extra weight of a new follow over an old one. */
  recencyBonus: number;
  halfLifeDays: number;
};

/**
 * Chosen by `bench people` on parts of three graphs of different kinds, and measured on their other parts. These graphs
 * have no times, so bonus and half-life are our choice.
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
 * The bounds of one computation, which keep it below 120,000 rows. Nearly everybody follows fewer than 300 people. For
 * those who follow more, the newest follows show what they are interested in now.
 */
export const NEIGHBOURHOOD = {
  /** The viewer's newest follows. */
  friends: 300,
  /** The viewer's newest followers. */
  followers: 100,
  /** The newest follows of each of them. */
  ofEach: 300,
  /** The best candidates before their follower counts are read, which needs one row each. */
  weighed: 2000,
  /** How many are stored for a viewer: ten pages of twenty. */
  kept: 200,
  /** How many mutual people are named with each suggestion. */
  reasons: 3,
} as const;

/** Pauses between a change and a computation, in milliseconds, so that many changes lead to one computation. */
export type Debounce = {
  /** After a change by the viewer. */
  own: number;
  /** After a change by somebody they follow, or after the last computation if that is later. */
  neighbours: number;
  /**
   * How long the changes of one person are collected before their followers are marked. Must be shorter than
   * `neighbours`, so that it delays nothing.
   */
  gather: number;
};

export const DEBOUNCE: Debounce = { own: 2000, neighbours: 60_000, gather: 30_000 };

/** Whether somebody may be suggested to the viewer now, whatever held when the suggestion was computed. */
export function maySuggest(relation: Relation): boolean {
  const { exists, isSelf, follows, requested, blocks, blockedBy, mutes } = relation;
  return exists && !(isSelf || follows || requested || blocks || blockedBy || mutes);
}

/** Whether somebody may be named as mutual: the viewer still follows them, and their account still exists. */
export function mayBeReason(relation: Relation): boolean {
  return relation.exists && relation.follows && !relation.blockedBy;
}
