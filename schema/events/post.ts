import { z } from 'zod';
import { id, milliseconds, type PublishedData, text } from './fields.ts';

/** Events of the post subgraph. The subject is the post's id, or the user's for avatars. */
export const POST_EVENTS = {
  /** Written with the post: its media wait for the media worker. */
  'tintype.post.post.created.v1': z.object({ postId: id, authorId: id }),
  /**
   * Visible from now on. `publishedMs` is equal to the row's `published_at`. `hashtags`: keys of the caption's hashtags (`hashtagKey` of
   * @tintype/text), in its order, each once. `mentionedIds`: people whom the caption mentions, each once. Events from before there were
   * hashtags have neither of the three.
   */
  'tintype.post.post.published.v1': z.object({
    postId: id,
    authorId: id,
    publishedMs: milliseconds,
    caption: text.default(''),
    hashtags: z.array(text).default([]),
    mentionedIds: z.array(id).default([]),
  }),
  'tintype.post.post.failed.v1': z.object({ postId: id, authorId: id, reason: text }),
  /** `publishedMs` is null where the post was never visible. */
  'tintype.post.post.deleted.v1': z.object({ postId: id, authorId: id, publishedMs: milliseconds.nullable() }),
  /** Outcome of user's avatar.requested. `objectKey` is null where the file could not be used, and `reason` says why. */
  'tintype.post.avatar.processed.v1': z.object({
    userId: id,
    uploadId: id,
    objectKey: text.nullable(),
    placeholder: text.nullable(),
    reason: text.nullable(),
  }),
} as const;

export type PostEvents = PublishedData<typeof POST_EVENTS>;
