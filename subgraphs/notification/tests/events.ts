import type { EventEnvelope } from '@tintype/events';
import { EPOCH_MS } from '@tintype/ids';
import type { SubgraphName } from '@tintype/schema/subgraphs';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The time of the first event of a test. */
export const START_MS = EPOCH_MS + 300 * DAY_MS;

/** A snowflake of that time. `n` makes ids of the same time unique. */
export function idAt(ms: number, n = 0): bigint {
  return (BigInt(ms - EPOCH_MS) << 22n) | BigInt(n);
}

/** Makes ids of the same time unique, also across logs. */
let made = 0;

/**
 * Events as their owners publish them, in the order of their logs. By default, each is a second later than the previous
 * one.
 */
export function createLog(startMs = START_MS) {
  const sequences: Partial<Record<SubgraphName, number>> = {};
  let nowMs = startMs;

  const event = (owner: SubgraphName, name: string, subject: string, data: object): EventEnvelope => {
    nowMs += 1000;
    sequences[owner] = (sequences[owner] ?? 0) + 1;
    return {
      specversion: '1.0',
      id: String(idAt(nowMs, ++made)),
      source: `/tintype/${owner}`,
      type: `tintype.${owner}.${name}.v1`,
      subject,
      time: new Date(nowMs).toISOString(),
      datacontenttype: 'application/json',
      sequence: String(sequences[owner]),
      data: JSON.parse(JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? String(value) : value))),
    };
  };

  type Post = { id: bigint; authorId: bigint };
  type Comment = { id: bigint; post: Post; userId: bigint; parent?: Comment };
  const commentData = ({ id, post, userId, parent }: Comment) => ({
    commentId: id,
    parentId: parent?.id ?? null,
    postId: post.id,
    authorId: post.authorId,
    userId,
  });
  const pair = (name: string, who: bigint, whom: bigint, roles: readonly [string, string], more: object = {}) =>
    event('social-graph', name, `${who}:${whom}`, { [roles[0]]: who, [roles[1]]: whom, ...more });
  const FOLLOW = ['followerId', 'followeeId'] as const;

  return {
    pass(ms: number) {
      nowMs += ms;
    },
    newId: () => idAt(nowMs, ++made),
    like(userId: bigint, post: Post, liked = true, comment?: Comment) {
      const change = {
        likeId: idAt(nowMs + 1000, ++made),
        liked,
        userId,
        postId: post.id,
        commentId: comment?.id ?? null,
        authorId: post.authorId,
        targetAuthorId: comment?.userId ?? post.authorId,
      };
      return event('engagement', 'like.recorded', 'likes', { changes: [change] });
    },
    likes(userIds: readonly bigint[], post: Post) {
      const changes = userIds.map((userId) => ({
        likeId: idAt(nowMs + 1000, ++made),
        liked: true,
        userId,
        postId: post.id,
        commentId: null,
        authorId: post.authorId,
        targetAuthorId: post.authorId,
      }));
      return event('engagement', 'like.recorded', 'likes', { changes });
    },
    comment: (comment: Comment, mentionedIds: readonly bigint[] = [], isHidden = false) =>
      event('engagement', 'comment.created', String(comment.id), {
        ...commentData(comment),
        parentAuthorId: comment.parent?.userId ?? null,
        mentionedIds,
        hashtags: [],
        createdMs: nowMs + 1000,
        isHidden,
      }),
    edit: (
      comment: Comment,
      addedMentionIds: readonly bigint[],
      removedMentionIds: readonly bigint[],
      isHidden = false,
    ) =>
      event('engagement', 'comment.edited', String(comment.id), {
        ...commentData(comment),
        addedMentionIds,
        removedMentionIds,
        isHidden,
      }),
    uncomment: (comment: Comment) => event('engagement', 'comment.deleted', String(comment.id), commentData(comment)),
    share: (shareId: bigint, userId: bigint, post: Post) =>
      event('engagement', 'share.created', String(shareId), {
        shareId,
        userId,
        postId: post.id,
        authorId: post.authorId,
        createdMs: nowMs + 1000,
      }),
    unshare: (shareId: bigint, userId: bigint, post: Post) =>
      event('engagement', 'share.deleted', String(shareId), {
        shareId,
        userId,
        postId: post.id,
        authorId: post.authorId,
        createdMs: nowMs + 1000,
      }),
    follow: (who: bigint, whom: bigint, wasRequested = false) =>
      pair('follow.created', who, whom, FOLLOW, { followId: idAt(nowMs + 1000), wasRequested }),
    unfollow: (who: bigint, whom: bigint) => pair('follow.deleted', who, whom, FOLLOW),
    request: (who: bigint, whom: bigint) => pair('follow-request.created', who, whom, FOLLOW),
    unrequest: (who: bigint, whom: bigint) => pair('follow-request.deleted', who, whom, FOLLOW),
    mute: (who: bigint, whom: bigint, on = true) =>
      pair(on ? 'mute.created' : 'mute.deleted', who, whom, ['muterId', 'mutedId']),
    block: (who: bigint, whom: bigint, on = true) =>
      pair(on ? 'block.created' : 'block.deleted', who, whom, ['blockerId', 'blockedId']),
    deletePost: (post: Post) =>
      event('post', 'post.deleted', String(post.id), { postId: post.id, authorId: post.authorId, publishedMs: 1 }),
  };
}

export type EventLog = ReturnType<typeof createLog>;
