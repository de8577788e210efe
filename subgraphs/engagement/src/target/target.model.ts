/** A post that the viewer may see. `isPublished`: others may see it too; otherwise it is the viewer's own. */
export type PostModel = { id: bigint; authorId: bigint; isPublished: boolean };

/** A person, by whom the user subgraph knows more. */
export type UserModel = { id: bigint };

/** What can be liked: a post, or a comment of it. */
export type LikeTarget = {
  id: bigint;
  postId: bigint;
  postAuthorId: bigint;
  isComment: boolean;
  /** Who made it. */
  ownerId: bigint;
};
