/**
 * Events of the engagement subgraph. Ids travel as decimal strings. The subject is `<who>:<what>` for likes and saves, so that what one
 * person does with one thing stays in order, and the comment's or share's id for these. `authorId` is the author of the post.
 */
export type EngagementEvents = {
  /** `commentId` is null for a like of the post itself; `ownerId` is the author of what is liked. `likeId` tells when. */
  'tintype.engagement.like.created.v1': LikeEvent & { likeId: string };
  'tintype.engagement.like.deleted.v1': LikeEvent;
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
  'tintype.engagement.share.created.v1': ShareEvent & { createdMs: number };
  'tintype.engagement.share.deleted.v1': ShareEvent;
  'tintype.engagement.save.created.v1': { userId: string; postId: string; authorId: string };
  'tintype.engagement.save.deleted.v1': { userId: string; postId: string; authorId: string };
};

type LikeEvent = { userId: string; postId: string; authorId: string; commentId: string | null; ownerId: string };
type CommentEvent = { commentId: string; parentId: string | null; postId: string; authorId: string; userId: string };
type ShareEvent = { shareId: string; postId: string; authorId: string; userId: string };
