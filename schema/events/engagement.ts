/**
 * Events of the engagement subgraph. Ids travel as decimal strings. The subject is the comment's or share's id, `<who>:<what>` for saves
 * and `likes` for likes. `authorId` is the author of the post.
 */
export type EngagementEvents = {
  /**
   * What people said of posts and comments, liked or not any more, as it was committed together: hundreds under load. The newest word of
   * a pair counts, by the event's sequence and then by the place in `words`; `versionOf` makes one number of both. Words may repeat
   * what is so already.
   */
  'tintype.engagement.like.recorded.v1': { words: LikeWord[] };
  /** `parentAuthorId` is null where the comment is no reply. `mentionedIds`: people whom the text mentions. */
  'tintype.engagement.comment.created.v1': CommentEvent & {
    parentAuthorId: string | null;
    mentionedIds: string[];
    hashtags: string[];
    createdMs: number;
    /** Seen by its author alone: a word of the post's author hides it. */
    isHidden: boolean;
  };
  /** `addedMentionIds`: people whom the text did not mention before. */
  'tintype.engagement.comment.edited.v1': CommentEvent & {
    addedMentionIds: string[];
    removedMentionIds: string[];
    isHidden: boolean;
  };
  /** Told of each reply that goes with it too. */
  'tintype.engagement.comment.deleted.v1': CommentEvent;
  'tintype.engagement.share.created.v1': ShareEvent;
  'tintype.engagement.share.deleted.v1': ShareEvent;
  'tintype.engagement.save.created.v1': { userId: string; postId: string; authorId: string };
  'tintype.engagement.save.deleted.v1': { userId: string; postId: string; authorId: string };
};

export type LikeWord = {
  /** Snowflake: tells when. */
  likeId: string;
  liked: boolean;
  userId: string;
  postId: string;
  /** Null for a like of the post itself. */
  commentId: string | null;
  authorId: string;
  /** The author of what is liked: of the post, or of the comment. */
  ownerId: string;
};

/** Words in one event, at most. */
export const MAX_WORDS = 1024;

/** A number that grows with the order of words in the log. @param sequence of the event @param index of the word in it */
export function versionOf(sequence: string, index: number): bigint {
  return BigInt(sequence) * BigInt(MAX_WORDS) + BigInt(index);
}

type CommentEvent = { commentId: string; parentId: string | null; postId: string; authorId: string; userId: string };
type ShareEvent = { shareId: string; postId: string; authorId: string; userId: string; createdMs: number };
