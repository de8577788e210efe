import { requireGlobalId, requireViewer } from '@tintype/graphql';
import { globalId, timestampOf } from '@tintype/ids';
import { DEFAULT_LANGUAGE, type Texts, textsIn } from '@tintype/language';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { CompleteResolvers, FederationReferenceTypes } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import type { CommentModel, PostModel } from './entity.model.ts';
import type { NotificationModel } from './notification.model.ts';
import { notificationText } from './text.rules.ts';
import { isActorVisible } from './visibility.rules.ts';

const TYPES = {
  POST_LIKE: 'PostLikeNotification',
  COMMENT_LIKE: 'CommentLikeNotification',
  COMMENT: 'CommentNotification',
  REPLY: 'ReplyNotification',
  MENTION: 'MentionNotification',
  FOLLOW: 'FollowNotification',
  FOLLOW_REQUEST: 'FollowRequestNotification',
  FOLLOW_ACCEPTED: 'FollowAcceptedNotification',
  SHARE: 'ShareNotification',
  POST_FAILED: 'PostFailedNotification',
  MODERATION: 'ModerationNotification',
} as const satisfies Record<NotificationKind, keyof CompleteResolvers>;

/** Which of these people the viewer may see and does not block, with their current usernames. */
async function visibleActors(ids: readonly bigint[], { loaders }: Context): Promise<{ id: bigint; name: string }[]> {
  const [relations, names] = await Promise.all([
    Promise.all(ids.map((id) => loaders.relations.load(id))),
    Promise.all(ids.map((id) => loaders.usernames.load(id))),
  ]);
  return ids.flatMap((id, index) => {
    const name = names[index];
    return name && isActorVisible(relations[index]) ? [{ id, name }] : [];
  });
}

/** The texts in the language that the viewer chose for their account, as in messages outside the app. */
async function textsFor(context: Context): Promise<Texts> {
  const { userId } = requireViewer(context);
  return textsIn((await context.loaders.languages.load(userId)) ?? DEFAULT_LANGUAGE);
}

async function resolveReference(
  { __typename, id }: FederationReferenceTypes[(typeof TYPES)[NotificationKind]],
  { loaders }: Context,
): Promise<NotificationModel | null> {
  const notification = await loaders.notifications.load(requireGlobalId('Notification', id));
  return notification && TYPES[notification.kind] === __typename ? notification : null;
}

const commonFields = {
  __resolveReference: resolveReference,
  id: ({ id }: NotificationModel) => globalId('Notification', id),
  async text({ kind, commentId, actorIds, actorCount }: NotificationModel, _: unknown, context: Context) {
    const [texts, actors] = await Promise.all([textsFor(context), visibleActors(actorIds, context)]);
    const names = actors.map(({ name }) => name);
    return notificationText(texts, kind, names, actorCount, commentId !== null);
  },
  async actors({ actorIds }: NotificationModel, _: unknown, context: Context) {
    return (await visibleActors(actorIds, context)).map(({ id }) => ({ id }));
  },
  isRead: ({ readAt }: NotificationModel) => readAt !== null,
  createdAt: ({ id }: NotificationModel) => new Date(timestampOf(id)),
  updatedAt: ({ changeId }: NotificationModel) => new Date(timestampOf(changeId)),
  changeId: ({ changeId }: NotificationModel) => String(changeId),
};

const fieldsWithoutActors = {
  ...commonFields,
  text: async ({ kind }: NotificationModel, _: unknown, context: Context) =>
    notificationText(await textsFor(context), kind, [], 0),
  // The recipient is stored as the actor, because groups without actors are not shown.
  actorCount: () => 0,
  actors: () => [],
};

async function post({ postId }: NotificationModel, _: unknown, { loaders }: Context): Promise<PostModel | null> {
  return postId === null ? null : loaders.visiblePosts.load(postId);
}

async function comment(
  { commentId }: NotificationModel,
  _: unknown,
  { loaders }: Context,
): Promise<CommentModel | null> {
  return commentId === null ? null : loaders.visibleComments.load(commentId);
}

export const notificationTypes = {
  Notification: { __resolveType: ({ kind }) => TYPES[kind] },
  PostLikeNotification: { ...commonFields, post },
  CommentLikeNotification: { ...commonFields, post, comment },
  CommentNotification: { ...commonFields, post, comment },
  ReplyNotification: { ...commonFields, post, comment },
  MentionNotification: { ...commonFields, post, comment },
  FollowNotification: commonFields,
  FollowRequestNotification: commonFields,
  FollowAcceptedNotification: commonFields,
  ShareNotification: { ...commonFields, post },
  ModerationNotification: fieldsWithoutActors,
  PostFailedNotification: {
    ...fieldsWithoutActors,
    // Only the author can see it. The post subgraph decides whether it still exists.
    post: ({ postId }) => (postId === null ? null : { id: postId }),
  },
} satisfies Pick<CompleteResolvers, 'Notification' | (typeof TYPES)[NotificationKind]>;
