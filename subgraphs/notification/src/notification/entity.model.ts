/** A person. The user subgraph resolves the other fields. */
export type UserModel = { id: bigint };

/** A post that the viewer may see. The post subgraph resolves the other fields. */
export type PostModel = { id: bigint };

/** A comment that the viewer may see. The engagement subgraph resolves the other fields. */
export type CommentModel = { id: bigint };
