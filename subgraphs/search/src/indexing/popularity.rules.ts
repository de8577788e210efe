import { EPOCH_MS } from '@tintype/ids';

/** A post of today stands before one of so long ago that has e times its engagement. */
const FRESH_MS = 3 * 86_400_000;

/** Weights of what people do with a post: what takes more trouble says more. */
export function engagementOf(counts: { likeCount: number; commentCount: number; shareCount: number }): number {
  return counts.likeCount + 2 * counts.commentCount + 3 * counts.shareCount;
}

/** Followers first; of people with as many, who posts and is liked lately. Grows with the logarithm: ten times as many is one step. */
export function userPopularity(counts: { followers: number; posts: number; recentEngagement: number }): number {
  return Math.log1p(counts.followers) + Math.log1p(counts.recentEngagement) / 2 + Math.log1p(counts.posts) / 4;
}

/** Engagement and freshness in one number that needs no clock: time passes for all posts alike. */
export function postPopularity(engagement: number, publishedMs: number): number {
  return Math.log1p(engagement) + (publishedMs - EPOCH_MS) / FRESH_MS;
}

export function hashtagPopularity(postCount: number): number {
  return Math.log1p(postCount);
}
