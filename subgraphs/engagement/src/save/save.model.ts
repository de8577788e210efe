export type CollectionModel = { id: bigint; name: string; createdAt: Date };

/** A saved post: the snowflake tells when. */
export type SavedPost = { postId: bigint; id: bigint };
