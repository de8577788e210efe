import type { LikeTarget } from '#target/target.model.ts';

/** One word of a viewer about one thing. */
export type LikeChange = {
  /** Snowflake: tells when, and which word is the newer one. */
  id: bigint;
  userId: bigint;
  target: LikeTarget;
  liked: boolean;
};

/** Whether a viewer likes something; and its count, where the one that all see may not have the viewer's newest word in it yet. */
export type OwnLike = { liked: boolean; likeCount: number | null };

/** A word that was told: `version` is its place in the log. */
export type ToldLike = {
  id: bigint;
  userId: bigint;
  targetId: bigint;
  postId: bigint;
  isComment: boolean;
  liked: boolean;
  version: bigint;
};
