import type { PostAudience } from '@tintype/policy';

/** A post that the viewer may see. If it is not published yet, it is the viewer's own. */
export type PostModel = { id: bigint; authorId: bigint; isPublished: boolean; audience: PostAudience };

/** A person. The user subgraph resolves the other fields. */
export type UserModel = { id: bigint };

/** A hashtag. The post subgraph resolves the other fields. */
export type HashtagModel = { key: string };

/** A post or comment that can be liked. */
export type LikeTarget = {
  id: bigint;
  postId: bigint;
  postAuthorId: bigint;
  isComment: boolean;
  /** The author of the post or comment itself. */
  targetAuthorId: bigint;
};
