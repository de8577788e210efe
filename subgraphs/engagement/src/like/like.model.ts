import type { LikeTarget } from '#entities/entities.model.ts';

/** A like or unlike of a post or comment by one person. */
export type LikeChange = {
  /** A snowflake. Of two changes, the one with the higher id is the later one. */
  id: bigint;
  userId: bigint;
  target: LikeTarget;
  liked: boolean;
};

/**
 * Whether the viewer likes something. `likeCount` is set if the shared count may not include the viewer's latest change
 * yet.
 */
export type ViewerLike = { liked: boolean; likeCount: number | null };

/** A change as it is written to the table. `version` is its position in the log. */
export type VersionedLike = {
  id: bigint;
  userId: bigint;
  targetId: bigint;
  postId: bigint;
  isComment: boolean;
  liked: boolean;
  version: bigint;
};
