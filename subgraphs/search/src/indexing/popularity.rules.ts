import { EPOCH_MS } from '@tintype/ids';

/** A post of today ranks above a post of this age with e times its engagement. */
const FRESH_MS = 3 * 86_400_000;

/** Weights of engagement: what takes more effort counts more. */
export function engagementOf(counts: { likeCount: number; commentCount: number; shareCount: number }): number {
  return counts.likeCount + 2 * counts.commentCount + 3 * counts.shareCount;
}

/**
 * Followers first. Among people with equally many, recent posts and likes count. It grows logarithmically: ten times as
 * many is one step.
 */
export function userPopularity(counts: { followers: number; posts: number; recentEngagement: number }): number {
  return Math.log1p(counts.followers) + Math.log1p(counts.recentEngagement) / 2 + Math.log1p(counts.posts) / 4;
}

/** Engagement and age in one number that does not depend on the current time, because all posts age alike. */
export function postPopularity(engagement: number, publishedMs: number): number {
  return Math.log1p(engagement) + (publishedMs - EPOCH_MS) / FRESH_MS;
}

export function hashtagPopularity(postCount: number): number {
  return Math.log1p(postCount);
}
