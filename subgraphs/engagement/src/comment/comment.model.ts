export type CommentModel = {
  id: bigint;
  postId: bigint;
  postAuthorId: bigint;
  parentId: bigint | null;
  authorId: bigint;
  text: string;
  mentionedIds: bigint[];
  hashtags: string[];
  isHidden: boolean;
  createdAt: Date;
  editedAt: Date | null;
  pinnedAt: Date | null;
  likeCount: number;
  replyCount: number;
};

/** The text of a comment and what was found in it. */
export type CommentText = { text: string; mentionedIds: bigint[]; hashtags: string[]; isHidden: boolean };
