import { type EventEnvelope, idOf, millisecondsOf, UnprocessableEventError } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { LikeWord } from '@tintype/schema/events/engagement';
import { TREND_WINDOWS, type TrendKind, type TrendWindow, WINDOWS } from './trend.rules.ts';

/** Somebody did something about a post: published it, or liked, commented on or shared it. */
export type Hit = { postId: bigint; actorId: bigint; atMs: number; isPublication: boolean };

/** What is known of a post that everybody may see. */
export type TrendPost = { postId: bigint; authorId: bigint; hashtags: string[]; publishedMs: bigint };

/** People who did something about one key in one bucket of time. */
export type HitGroup = {
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

const DEEDS = new Set(['tintype.engagement.comment.created.v1', 'tintype.engagement.share.created.v1']);

/** What an event says; nothing where it is of another kind. @throws UnprocessableEventError */
export function hitsOf({ type, data }: EventEnvelope): Hit[] {
  if (type === 'tintype.post.post.published.v1') {
    const atMs = Number(millisecondsOf(data, 'publishedMs'));
    return [{ postId: idOf(data, 'postId'), actorId: idOf(data, 'authorId'), atMs, isPublication: true }];
  }
  if (type === 'tintype.engagement.like.recorded.v1') {
    const { words } = data as { words?: LikeWord[] };
    if (!Array.isArray(words)) throw new UnprocessableEventError('the event holds no words');
    // Likes that are taken back stay counted: they fade, and whoever likes again is the same person.
    return words.filter(({ liked, commentId }) => liked && commentId === null).map(likeOf);
  }
  if (!DEEDS.has(type)) return [];
  const atMs = Number(millisecondsOf(data, 'createdMs'));
  return [{ postId: idOf(data, 'postId'), actorId: idOf(data, 'userId'), atMs, isPublication: false }];
}

function likeOf(word: LikeWord): Hit {
  const atMs = timestampOf(idOf(word, 'likeId'));
  return { postId: idOf(word, 'postId'), actorId: idOf(word, 'userId'), atMs, isPublication: false };
}

/** Hits by what they count for: hashtags of their posts, and the posts themselves, but not for what authors do with their own. */
export function groupHits(hits: readonly Hit[], posts: ReadonlyMap<bigint, TrendPost>): HitGroup[] {
  const groups = new Map<string, HitGroup>();
  const add = (kind: TrendKind, key: string, baseOf: string, window: TrendWindow, hit: Hit) => {
    const bucket = Math.floor(hit.atMs / WINDOWS[window].bucket);
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
    group.actors.set(hit.actorId, Math.min(hit.atMs, group.actors.get(hit.actorId) ?? hit.atMs));
    if (hit.isPublication) group.authorIds.add(hit.actorId);
    groups.set(place, group);
  };
  for (const hit of hits) {
    const post = posts.get(hit.postId);
    if (!post || (!hit.isPublication && hit.actorId === post.authorId)) continue;
    for (const window of TREND_WINDOWS) {
      for (const tag of post.hashtags) add('hashtag', tag, tag, window, hit);
      if (!hit.isPublication) add('post', `${post.postId}:${post.authorId}`, String(post.authorId), window, hit);
    }
  }
  return [...groups.values()];
}
