import { type EventEnvelope, readEvent } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { POST_EVENTS } from '@tintype/schema/events/post';
import { TREND_WINDOWS, type TrendKind, type TrendWindow, WINDOWS } from './trend.rules.ts';

/** Somebody did something about a post: published it, or liked, commented on or shared it. */
export type Deed = { postId: bigint; actorId: bigint; atMs: number; isPublication: boolean };

/** What is known of a post that everybody may see. */
export type TrendPost = { postId: bigint; authorId: bigint; hashtags: string[]; publishedMs: bigint };

/** People who did something about one key in one bucket of time. */
export type DeedGroup = {
  kind: TrendKind;
  /** A hashtag, or a post and its author: `<post>:<author>`. */
  key: string;
  /** What its usual rate is that of: the hashtag, or the author. */
  baseOf: string;
  window: TrendWindow;
  bucket: number;
  /** Each with when they did so first, in milliseconds since the Unix epoch. */
  actors: Map<bigint, number>;
  /** Those of them who published. */
  authorIds: Set<bigint>;
};

const EVENTS = { ...POST_EVENTS, ...ENGAGEMENT_EVENTS };

/** What an event says; nothing where it is of another kind. @throws UnprocessableEventError */
export function deedsOf(event: EventEnvelope): Deed[] {
  const read = readEvent(EVENTS, event);
  switch (read?.type) {
    case 'tintype.post.post.published.v1': {
      const { postId, authorId, publishedMs } = read.data;
      return [{ postId, actorId: authorId, atMs: Number(publishedMs), isPublication: true }];
    }
    case 'tintype.engagement.like.recorded.v1':
      // Likes that are taken back stay counted: they fade, and whoever likes again is the same person.
      return read.data.changes
        .filter(({ liked, commentId }) => liked && commentId === null)
        .map(({ postId, userId, likeId }) => ({
          postId,
          actorId: userId,
          atMs: timestampOf(likeId),
          isPublication: false,
        }));
    case 'tintype.engagement.comment.created.v1':
    case 'tintype.engagement.share.created.v1': {
      const { postId, userId, createdMs } = read.data;
      return [{ postId, actorId: userId, atMs: Number(createdMs), isPublication: false }];
    }
    default:
      return [];
  }
}

/** Deeds by what they count for: hashtags of their posts, and the posts themselves, but not for what authors do with their own. */
export function groupDeeds(deeds: readonly Deed[], posts: ReadonlyMap<bigint, TrendPost>): DeedGroup[] {
  const groups = new Map<string, DeedGroup>();
  const add = (kind: TrendKind, key: string, baseOf: string, window: TrendWindow, deed: Deed) => {
    const bucket = Math.floor(deed.atMs / WINDOWS[window].bucket);
    const place = `${kind} ${window} ${bucket} ${key}`;
    const group = groups.get(place) ?? {
      kind,
      key,
      baseOf,
      window,
      bucket,
      actors: new Map(),
      authorIds: new Set(),
    };
    group.actors.set(deed.actorId, Math.min(deed.atMs, group.actors.get(deed.actorId) ?? deed.atMs));
    if (deed.isPublication) group.authorIds.add(deed.actorId);
    groups.set(place, group);
  };
  for (const deed of deeds) {
    const post = posts.get(deed.postId);
    if (!post || (!deed.isPublication && deed.actorId === post.authorId)) continue;
    for (const window of TREND_WINDOWS) {
      for (const tag of post.hashtags) add('hashtag', tag, tag, window, deed);
      if (!deed.isPublication) add('post', `${post.postId}:${post.authorId}`, String(post.authorId), window, deed);
    }
  }
  return [...groups.values()];
}
