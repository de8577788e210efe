/** Counts of a post. The copy with the higher version is newer. */
export type PostStats = { likeCount: number; commentCount: number; shareCount: number; version: bigint };

export const NO_STATS: PostStats = { likeCount: 0, commentCount: 0, shareCount: 0, version: 0n };
