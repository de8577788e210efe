/** What one viewer explores at one time, in its order. */
export const sessionKey = (viewerId: bigint | null, id: bigint) =>
  `feed:explore-session:v1:${viewerId ?? 'visitor'}:${id}`;
/** What people like who liked the same: one more like, and it is another key. */
export const tasteKey = (viewerId: bigint, liked: string) => `feed:explore-taste:v1:${viewerId}:${liked}`;
/** What a viewer was shown lately, by when. */
export const seenKey = (viewerId: bigint) => `feed:explore-seen:v1:${viewerId}`;

/** For as long as somebody may scroll on. */
export const SESSION_S = 30 * 60;
/** What others like moves meanwhile. */
export const TASTE_S = 30 * 60;
/** Shown posts come again after this long, or when so many others were shown. */
export const SEEN_S = 14 * 24 * 60 * 60;
export const SEEN_MOST = 2000;
