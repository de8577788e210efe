/** A post that the viewer may see, by whom the post subgraph knows more. */
export type PostModel = { id: bigint };

/** A comment that the viewer may see. The engagement subgraph knows more of it. */
export type CommentModel = { id: bigint };
