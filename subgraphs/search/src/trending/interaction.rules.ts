import { type EventEnvelope, readEvent } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { POST_EVENTS } from '@tintype/schema/events/post';
import { TREND_WINDOWS, type TrendKind, type TrendWindow, WINDOWS } from './trend.rules.ts';

/** A person published, liked, commented on or shared a post. */
export type Interaction = { postId: bigint; actorId: bigint; atMs: number; isPublication: boolean };

/** A post that everybody may see. */
export type TrendPost = { postId: bigint; authorId: bigint; hashtags: string[]; publishedMs: bigint };

/** The people who interacted with one hashtag or post in one time bucket. */
export type InteractionGroup = {
  kind: TrendKind;
  /** A hashtag, or a post and its author: `<post>:<author>`. */
  key: string;
  /** The baseline is kept per hashtag, and for posts per author. */
  baseOf: string;
  window: TrendWindow;
  bucket: number;
  /** Each person with the time of their first interaction, in milliseconds since the Unix epoch. */
  actors: Map<bigint, number>;
  /** The actors who published a post. */
  authorIds: Set<bigint>;
};

const EVENTS = { ...POST_EVENTS, ...ENGAGEMENT_EVENTS };

/** The interactions in an event; none for other types of events. @throws UnprocessableEventError */
export function interactionsOf(event: EventEnvelope): Interaction[] {
  const read = readEvent(EVENTS, event);
  switch (read?.type) {
    case 'tintype.post.post.published.v1': {
      const { postId, authorId, audience, publishedMs } = read.data;
      // The projection has no other posts.
      if (audience !== 'EVERYONE') return [];
      return [{ postId, actorId: authorId, atMs: Number(publishedMs), isPublication: true }];
    }
    case 'tintype.engagement.like.recorded.v1':
      // Removed likes stay counted: they decay, and a repeated like is of the same person.
      return read.data.changes
        .filter(({ liked, commentId }) => liked && commentId === null)
        .map(({ postId, userId, likeId }) => ({
          postId,
          actorId: userId,
          atMs: timestampOf(likeId),
          isPublication: false,
        }));
    case 'tintype.engagement.comment.created.v1':
      // Whoever is filtered or restricted cannot make a post trend.
      return read.data.isHidden ? [] : [interactionOf(read.data)];
    case 'tintype.engagement.share.created.v1':
      return [interactionOf(read.data)];
    default:
      return [];
  }
}

function interactionOf(data: { postId: bigint; userId: bigint; createdMs: bigint }): Interaction {
  return { postId: data.postId, actorId: data.userId, atMs: Number(data.createdMs), isPublication: false };
}

/** Groups interactions by hashtag and by post. Interactions of authors with their own posts do not count. */
export function groupInteractions(
  interactions: readonly Interaction[],
  posts: ReadonlyMap<bigint, TrendPost>,
): InteractionGroup[] {
  const groups = new Map<string, InteractionGroup>();
  const add = (kind: TrendKind, key: string, baseOf: string, window: TrendWindow, interaction: Interaction) => {
    const bucket = Math.floor(interaction.atMs / WINDOWS[window].bucket);
    const groupKey = `${kind} ${window} ${bucket} ${key}`;
    const group = groups.get(groupKey) ?? {
      kind,
      key,
      baseOf,
      window,
      bucket,
      actors: new Map(),
      authorIds: new Set(),
    };
    group.actors.set(
      interaction.actorId,
      Math.min(interaction.atMs, group.actors.get(interaction.actorId) ?? interaction.atMs),
    );
    if (interaction.isPublication) group.authorIds.add(interaction.actorId);
    groups.set(groupKey, group);
  };
  for (const interaction of interactions) {
    const post = posts.get(interaction.postId);
    if (!post || (!interaction.isPublication && interaction.actorId === post.authorId)) continue;
    for (const window of TREND_WINDOWS) {
      for (const tag of post.hashtags) add('hashtag', tag, tag, window, interaction);
      if (!interaction.isPublication)
        add('post', `${post.postId}:${post.authorId}`, String(post.authorId), window, interaction);
    }
  }
  return [...groups.values()];
}
