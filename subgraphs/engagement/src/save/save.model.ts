export type CollectionModel = { id: bigint; name: string; createdAt: Date };

/** A saved post. The id is a snowflake and contains the time. */
export type SavedPost = { postId: bigint; id: bigint };
