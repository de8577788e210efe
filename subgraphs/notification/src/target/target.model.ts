/** A post that the viewer may see, by whom the post subgraph knows more. */
export type PostModel = { id: bigint };

/** A comment, by whom the engagement subgraph knows more: also whether the viewer may see it. */
export type CommentModel = { id: bigint };
