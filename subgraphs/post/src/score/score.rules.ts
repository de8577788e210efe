/** How often other people engaged with a post. */
export type Engagement = { likes: number; comments: number; shares: number };

/** A comment takes more effort than a like, and a share recommends the post to the sharer's followers. */
const WEIGHT = { likes: 1, comments: 2, shares: 3 } as const;

/** A post that is older by this much needs twice the engagement to rank equally. */
export const HALF_LIFE_MS = 48 * 3600 * 1000;

/** Scores are integers because cursors hold integers. */
const UNIT = 1_000_000;

/**
 * The score by which the top posts of a hashtag are ordered. At the time `now`, we want to order posts by `(1 +
 * engagement) · 2^(-(now - published) / half-life)`. The logarithm of this is `log2(1 + engagement) + published /
 * half-life`, minus `now / half-life`. The last term is the same for all posts, so we leave it out. A stored score
 * therefore stays valid as time passes and changes only with engagement, and the top posts are one index range scan.
 * This is forward decay ("Forward Decay: A Practical Time Decay Model for Streaming Systems", ICDE 2009). Reddit's
 * "hot" has the same form, with ten times the votes for 12.5 hours.
 */
export function scoreOf({ likes, comments, shares }: Engagement, publishedAt: Date): bigint {
  const engagement = WEIGHT.likes * likes + WEIGHT.comments * comments + WEIGHT.shares * shares;
  const score = Math.log2(1 + Math.max(0, engagement)) + publishedAt.getTime() / HALF_LIFE_MS;
  return BigInt(Math.round(score * UNIT));
}
