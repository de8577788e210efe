/** What others did with a post. */
export type Engagement = { likes: number; comments: number; shares: number };

/** A comment takes more than a like, a share puts the sharer's name to it. */
const WEIGHT = { likes: 1, comments: 2, shares: 3 } as const;

/** A post that is this much older needs twice the engagement for the same place. */
export const HALF_LIFE_MS = 48 * 3600 * 1000;

/** Scores are whole numbers, so that they fit a cursor. */
const UNIT = 1_000_000;

/**
 * Place of a post among the top posts of its hashtags. The order wanted at any time `now` is by
 * `(1 + engagement) · 2^(-(now - published) / half-life)`; its logarithm is `log2(1 + engagement) + published / half-life` and the same
 * term in `now` for every post, which is left out. So a stored score stays right while time passes and changes with the engagement
 * alone, and the top is one range scan. This is forward decay ("Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009);
 * Reddit's "hot" has the same form, with ten times the votes for 12.5 hours.
 */
export function scoreOf({ likes, comments, shares }: Engagement, publishedAt: Date): bigint {
  const engagement = WEIGHT.likes * likes + WEIGHT.comments * comments + WEIGHT.shares * shares;
  const score = Math.log2(1 + Math.max(0, engagement)) + publishedAt.getTime() / HALF_LIFE_MS;
  return BigInt(Math.round(score * UNIT));
}
