import { z } from 'zod';
import { id, milliseconds, type PublishedData, text } from './fields.ts';

/** The most changes in one event. */
export const MAX_LIKE_CHANGES = 1024;

const likeChange = z.object({
  /** A snowflake: it contains the time of the change. */
  likeId: id,
  liked: z.boolean(),
  userId: id,
  postId: id,
  /** Null if the post itself is liked. */
  commentId: id.nullable(),
  /** The author of the post, also if a comment is liked. */
  authorId: id,
  /** The author of the liked post or comment. */
  targetAuthorId: id,
});

/** The form in which a change is published. */
export type PublishedLikeChange = z.input<typeof likeChange>;
/** The form in which a consumer reads it. */
export type ReadLikeChange = z.output<typeof likeChange>;

const comment = z.object({ commentId: id, parentId: id.nullable(), postId: id, authorId: id, userId: id });
const share = z.object({ shareId: id, postId: id, authorId: id, userId: id, createdMs: milliseconds });
const save = z.object({ userId: id, postId: id, authorId: id });

/**
 * Events of the engagement subgraph. The subject of comments and shares is their id, of saves `<user id>:<post id>`, of
 * likes `likes`. `authorId` is the author of the post.
 */
export const ENGAGEMENT_EVENTS = {
  /**
   * Likes and unlikes that were committed together: hundreds under load. Of several changes of one person and target,
   * only the latest counts: the one in the later event, or in one event the one with the higher index in `changes`.
   * `likeVersionOf` combines both into one number. A change may repeat the current state.
   */
  'tintype.engagement.like.recorded.v1': z.object({ changes: z.array(likeChange).max(MAX_LIKE_CHANGES) }),
  /** `parentAuthorId` is null if the comment is not a reply. `mentionedIds` are the people that the text mentions. */
  'tintype.engagement.comment.created.v1': comment.extend({
    parentAuthorId: id.nullable(),
    mentionedIds: z.array(id),
    hashtags: z.array(text).default([]),
    createdMs: milliseconds,
    /** Only its author sees it, because it contains a word that the author of the post filters. */
    isHidden: z.boolean(),
  }),
  /** `addedMentionIds` are the people that the text did not mention before. */
  'tintype.engagement.comment.edited.v1': comment.extend({
    addedMentionIds: z.array(id),
    removedMentionIds: z.array(id),
    isHidden: z.boolean(),
  }),
  /** Each reply that is deleted with a comment has its own event. */
  'tintype.engagement.comment.deleted.v1': comment,
  'tintype.engagement.share.created.v1': share,
  'tintype.engagement.share.deleted.v1': share,
  'tintype.engagement.save.created.v1': save,
  'tintype.engagement.save.deleted.v1': save,
} as const;

export type EngagementEvents = PublishedData<typeof ENGAGEMENT_EVENTS>;

/**
 * A number that increases with the order of changes in the log.
 *
 * @param sequence of the event
 * @param index of the change in it
 */
export function likeVersionOf(sequence: string, index: number): bigint {
  return BigInt(sequence) * BigInt(MAX_LIKE_CHANGES) + BigInt(index);
}
