import type { Events } from '@tintype/schema/events';

/**
 * Data for one event of every type, as its owner would publish it, about unknown people and posts.
 *
 * @param id makes a new id @param avatar a person with an upload for a picture
 */
export function eventSamples(id: () => string, avatar: { userId: string; uploadId: string }): Events {
  const [userId, otherId, postId, commentId, shareId] = [id(), id(), id(), id(), id()];
  const publishedMs = Date.now();
  const profile = { userId, username: `u${userId}`, displayName: 'Una', isPrivate: false, visibilityVersion: '1' };
  const comment = { commentId, parentId: null, postId, authorId: otherId, userId };
  const written = { ...comment, isHidden: false };
  const share = { shareId, postId, authorId: otherId, userId, createdMs: publishedMs };
  const follow = { followerId: userId, followeeId: otherId };
  const saved = { userId, postId, authorId: otherId };
  const change = {
    likeId: id(),
    liked: true,
    userId,
    postId,
    commentId: null,
    authorId: otherId,
    targetAuthorId: otherId,
  };
  const changed = {
    notificationId: id(),
    recipientId: userId,
    changeId: id(),
    kind: 'FOLLOW',
    actorId: otherId,
  } as const;
  return {
    'tintype.user.account.registered.v1': profile,
    'tintype.user.account.updated.v1': profile,
    'tintype.user.account.deactivated.v1': { userId, visibilityVersion: '2' },
    'tintype.user.account.reactivated.v1': profile,
    'tintype.user.account.deleted.v1': { userId: id(), visibilityVersion: '2' },
    'tintype.user.language.changed.v1': { userId, language: 'de' },
    'tintype.user.avatar.requested.v1': { userId, uploadId: id() },
    'tintype.user.avatar.replaced.v1': { userId: avatar.userId, uploadId: avatar.uploadId },
    'tintype.user.role.granted.v1': { userId: id(), by: userId, role: 'MODERATOR' },
    'tintype.user.role.revoked.v1': { userId: id(), by: null, role: 'MODERATOR' },
    'tintype.user.sanction.imposed.v1': { userId, decisionId: id() },
    'tintype.user.sanction.reviewed.v1': { userId, decisionId: id() },
    'tintype.post.post.created.v1': { postId: id(), authorId: otherId },
    'tintype.post.post.published.v1': {
      postId,
      authorId: otherId,
      audience: 'EVERYONE',
      publishedMs,
      caption: 'Low tide #kelp',
      hashtags: ['kelp'],
      mentionedIds: [],
    },
    'tintype.post.post.failed.v1': { postId: id(), authorId: otherId, reason: 'The photo cannot be read.' },
    'tintype.post.post.deleted.v1': { postId: id(), authorId: otherId, publishedMs: null },
    'tintype.post.avatar.processed.v1': {
      userId,
      uploadId: id(),
      objectKey: null,
      placeholder: null,
      reason: 'The photo cannot be read.',
    },
    'tintype.social-graph.follow.created.v1': { ...follow, followId: id(), wasRequested: false },
    'tintype.social-graph.follow.deleted.v1': follow,
    'tintype.social-graph.follow-request.created.v1': follow,
    'tintype.social-graph.follow-request.deleted.v1': follow,
    'tintype.social-graph.block.created.v1': { blockerId: userId, blockedId: otherId },
    'tintype.social-graph.block.deleted.v1': { blockerId: userId, blockedId: otherId },
    'tintype.social-graph.mute.created.v1': { muterId: userId, mutedId: otherId },
    'tintype.social-graph.mute.deleted.v1': { muterId: userId, mutedId: otherId },
    'tintype.engagement.like.recorded.v1': { changes: [change, { ...change, likeId: id(), liked: false }] },
    'tintype.engagement.comment.created.v1': {
      ...written,
      parentAuthorId: null,
      mentionedIds: [otherId],
      hashtags: [],
      createdMs: publishedMs,
    },
    'tintype.engagement.comment.edited.v1': { ...written, addedMentionIds: [otherId], removedMentionIds: [] },
    'tintype.engagement.comment.deleted.v1': comment,
    'tintype.engagement.share.created.v1': share,
    'tintype.engagement.share.deleted.v1': share,
    'tintype.engagement.save.created.v1': saved,
    'tintype.engagement.save.deleted.v1': saved,
    'tintype.notification.notification.created.v1': changed,
    'tintype.notification.notification.changed.v1': changed,
  };
}
