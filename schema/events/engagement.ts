import { z } from 'zod';
import { id, milliseconds, type PublishedData, text } from './fields.ts';

/** Words in one event, at most. */
export const MAX_WORDS = 1024;

const likeWord = z.object({
  /** Snowflake: tells when. */
  likeId: id,
  liked: z.boolean(),
  userId: id,
  postId: id,
  /** Null for a like of the post itself. */
  commentId: id.nullable(),
  authorId: id,
  /** The author of what is liked: of the post, or of the comment. */
  ownerId: id,
});

/** As it is published. */
export type LikeWord = z.input<typeof likeWord>;
/** As a consumer reads it. */
export type ReadLikeWord = z.output<typeof likeWord>;

const comment = z.object({ commentId: id, parentId: id.nullable(), postId: id, authorId: id, userId: id });
const share = z.object({ shareId: id, postId: id, authorId: id, userId: id, createdMs: milliseconds });
const save = z.object({ userId: id, postId: id, authorId: id });

/**
 * Events of the engagement subgraph. The subject is the comment's or share's id, `<who>:<what>` for saves and `likes` for likes.
 * `authorId` is the author of the post.
 */
export const ENGAGEMENT_EVENTS = {
  /**
   * What people said of posts and comments, liked or not any more, as it was committed together: hundreds under load. The newest word of
   * a pair counts, by the event's sequence and then by the place in `words`. `versionOf` makes one number of both. Words may repeat
   * what is so already.
   */
  'tintype.engagement.like.recorded.v1': z.object({ words: z.array(likeWord).max(MAX_WORDS) }),
  /** `parentAuthorId` is null where the comment is no reply. `mentionedIds`: people whom the text mentions. */
  'tintype.engagement.comment.created.v1': comment.extend({
    parentAuthorId: id.nullable(),
    mentionedIds: z.array(id),
    hashtags: z.array(text).default([]),
    createdMs: milliseconds,
    /** Seen by its author alone: a word of the post's author hides it. */
    isHidden: z.boolean(),
  }),
  /** `addedMentionIds`: people whom the text did not mention before. */
  'tintype.engagement.comment.edited.v1': comment.extend({
    addedMentionIds: z.array(id),
    removedMentionIds: z.array(id),
    isHidden: z.boolean(),
  }),
  /** There is one for each reply that goes with it, too. */
  'tintype.engagement.comment.deleted.v1': comment,
  'tintype.engagement.share.created.v1': share,
  'tintype.engagement.share.deleted.v1': share,
  'tintype.engagement.save.created.v1': save,
  'tintype.engagement.save.deleted.v1': save,
} as const;

export type EngagementEvents = PublishedData<typeof ENGAGEMENT_EVENTS>;

/** A number that grows with the order of words in the log. @param sequence of the event @param index of the word in it */
export function versionOf(sequence: string, index: number): bigint {
  return BigInt(sequence) * BigInt(MAX_WORDS) + BigInt(index);
}
