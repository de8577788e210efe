import { z } from 'zod';
import { id, milliseconds, type PublishedData, text } from './fields.ts';

/** Events of the post subgraph. The subject is the post's id, or the user's for avatars. */
export const POST_EVENTS = {
  /** Written with the post. Its media wait for the media worker. */
  'tintype.post.post.created.v1': z.object({ postId: id, authorId: id }),
  /**
   * The post is now visible. `publishedMs` equals the row's `published_at`. `hashtags` are the keys of the caption's
   * hashtags (`hashtagKey` of @tintype/text) in order, and `mentionedIds` the people whom the caption mentions, both
   * without duplicates. Events of the earliest version have none of the three. If the audience is CLOSE_FRIENDS, there
   * are no caption and hashtags: such posts must not be in any index.
   */
  'tintype.post.post.published.v1': z.object({
    postId: id,
    authorId: id,
    audience: z.enum(['EVERYONE', 'CLOSE_FRIENDS']).default('EVERYONE'),
    publishedMs: milliseconds,
    caption: text.default(''),
    hashtags: z.array(text).default([]),
    mentionedIds: z.array(id).default([]),
  }),
  'tintype.post.post.failed.v1': z.object({ postId: id, authorId: id, reason: text }),
  /** `publishedMs` is null if the post was never visible. */
  'tintype.post.post.deleted.v1': z.object({ postId: id, authorId: id, publishedMs: milliseconds.nullable() }),
  /**
   * The result of avatar.requested of the user subgraph. `objectKey` is null if the file was unusable, and `reason`
   * says why.
   */
  'tintype.post.avatar.processed.v1': z.object({
    userId: id,
    uploadId: id,
    objectKey: text.nullable(),
    placeholder: text.nullable(),
    reason: text.nullable(),
  }),
} as const;

export type PostEvents = PublishedData<typeof POST_EVENTS>;
