import type { Relation } from '@tintype/policy';

/**
 * How friends of friends are weighed. For a candidate c, over the people z whom the viewer v follows and who follow c:
 *
 *     score(v, c) = followers(c)^-damping * sum over z of recency(z) / ln(degree(z))
 *
 * The sum without recency is the index of L. A. Adamic and E. Adar, "Friends and neighbors on the Web", Social Networks 25 (2003),
 * pp. 211-230, as a predictor of links by D. Liben-Nowell and J. Kleinberg, "The link-prediction problem for social networks",
 * JASIST 58 (2007), pp. 1019-1031: who follows few says more by it than who follows everyone. degree(z) is the larger of z's two
 * counts, at least 2. recency(z) = 1 + recencyBonus * 2^(-age / halfLife), where the age is that of the newer of the two
 * follows: people one met lately are more on one's mind. Damping keeps those whom everyone follows from being everyone's first.
 */
export type Weights = {
  /** Exponent, 0 for none. */
  damping: number;
  /** What a follow of this moment weighs beyond an old one. */
  recencyBonus: number;
  halfLifeDays: number;
};

/**
 * The damping is the best of those that `bench people` tries on a split of the real graph other than the one it is judged by. That
 * graph has no times: bonus and half-life are a choice.
 */
export const WEIGHTS: Weights = { damping: 0.2, recencyBonus: 0.5, halfLifeDays: 30 };

/**
 * How far one computation looks, so that it never costs more than 90,000 rows: 300 is more than nearly everybody follows, and of
 * those who follow more the newest say what they are interested in now.
 */
export const NEIGHBOURHOOD = {
  /** The viewer's newest follows. */
  friends: 300,
  /** The newest follows of each of them. */
  ofEach: 300,
  /** The best before damping, which needs a row of each; and the most followed of those with a single mutual person. */
  damped: 2000,
  /** Kept for a viewer: ten pages of twenty. */
  kept: 200,
  /** Mutual people named with each. */
  reasons: 3,
} as const;

/** Whether someone may be suggested as the viewer stands to them now, whatever was so when it was computed. */
export function maySuggest(relation: Relation): boolean {
  const { exists, isSelf, follows, requested, blocks, blockedBy, mutes } = relation;
  return exists && !(isSelf || follows || requested || blocks || blockedBy || mutes);
}

/** Whether someone may be named as mutual: still followed, and still there. */
export function mayBeReason(relation: Relation): boolean {
  return relation.exists && relation.follows && !relation.blockedBy;
}
