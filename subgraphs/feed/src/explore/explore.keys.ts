/** The ranked posts of one explore session. */
export const sessionKey = (viewerId: bigint | null, id: bigint) =>
  `feed:explore-session:v1:${viewerId ?? 'visitor'}:${id}`;
/**
 * Posts liked by people with similar likes. The key contains a hash of the viewer's likes, so that a new like makes a
 * new key.
 */
export const coEngagementKey = (viewerId: bigint, likesHash: string) =>
  `feed:explore-co-engagement:v1:${viewerId}:${likesHash}`;
/** Posts that the viewer was shown recently, by time. */
export const seenKey = (viewerId: bigint) => `feed:explore-seen:v1:${viewerId}`;

/** How long somebody may continue to scroll. */
export const SESSION_S = 30 * 60;
/** Other people's likes change in the meantime, so the result expires. */
export const CO_ENGAGEMENT_S = 30 * 60;
/** A post may be shown again after this time, or after this many other posts. */
export const SEEN_S = 14 * 24 * 60 * 60;
export const MAX_SEEN = 2000;
