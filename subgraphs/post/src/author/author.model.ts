/** Parent of what the post subgraph adds to `User`. */
export type AuthorModel = { id: bigint };
