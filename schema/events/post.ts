/** Events of the post subgraph. Ids travel as decimal strings; the subject is the post's id, or the user's for avatars. */
export type PostEvents = {
  /** Written with the post: its media wait for the media worker. */
  'tintype.post.post.created.v1': { postId: string; authorId: string };
  /**
   * Visible from now on. `publishedMs`: milliseconds since the Unix epoch, equal to the row's `published_at`. `hashtags`: keys of the
   * caption's hashtags (`hashtagKey` of @tintype/text), in its order, each once. `mentionedIds`: people whom the caption mentions, each
   * once. Events from before there were hashtags have neither of the three.
   */
  'tintype.post.post.published.v1': {
    postId: string;
    authorId: string;
    publishedMs: number;
    caption: string;
    hashtags: string[];
    mentionedIds: string[];
  };
  'tintype.post.post.failed.v1': { postId: string; authorId: string; reason: string };
  /** `publishedMs` is null where the post was never visible. */
  'tintype.post.post.deleted.v1': { postId: string; authorId: string; publishedMs: number | null };
  /** Outcome of user's avatar.requested; `objectKey` is null where the file could not be used, and `reason` says why. */
  'tintype.post.avatar.processed.v1': {
    userId: string;
    uploadId: string;
    objectKey: string | null;
    placeholder: string | null;
    reason: string | null;
  };
};
