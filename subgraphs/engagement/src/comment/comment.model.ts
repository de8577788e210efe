import type { ContentRestriction } from '#generated/graphql.ts';

export type CommentModel = {
  id: bigint;
  postId: bigint;
  postAuthorId: bigint;
  parentId: bigint | null;
  authorId: bigint;
  text: string;
  mentionedIds: bigint[];
  hashtags: string[];
  /** Only its author sees it, and the author of the post if it only needs approval. */
  isHidden: boolean;
  /** Hidden because the author of the post restricts its author, until the author of the post approves it. */
  needsApproval: boolean;
  /** By decision of a moderator. */
  restriction: ContentRestriction;
  createdAt: Date;
  editedAt: Date | null;
  pinnedAt: Date | null;
  likeCount: number;
  replyCount: number;
};

/** The text of a comment, what was found in it, and who may see it. */
export type CommentText = Pick<CommentModel, 'text' | 'mentionedIds' | 'hashtags' | 'isHidden' | 'needsApproval'>;
