import type { PostAudience } from '@tintype/policy';
import type { ContentRestriction, PostState } from '#generated/graphql.ts';

/** A post that is not deleted. */
export type PostModel = {
  id: bigint;
  authorId: bigint;
  caption: string;
  /** Whom the caption mentions: people whom the author could see when they created the post. */
  mentionedIds: bigint[];
  audience: PostAudience;
  state: PostState;
  /** Who sees it besides what the state says, by decision of a moderator. */
  restriction: ContentRestriction;
  failureReason: string | null;
  createdAt: Date;
  publishedAt: Date | null;
};

/** The parent value of the fields that the post subgraph adds to `User`. */
export type AuthorModel = { id: bigint };
