import type { Outbox } from '@tintype/events';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import type pg from 'pg';
import type { CommentModel } from './comment.model.ts';

export type CommentPublisher = {
  created(tx: pg.PoolClient, comment: CommentModel, parentAuthorId: bigint | null): Promise<void>;
  edited(tx: pg.PoolClient, before: CommentModel, after: CommentModel): Promise<void>;
  deleted(tx: pg.PoolClient, comments: readonly CommentModel[]): Promise<void>;
};

/** Publishes the events of comments in the transactions that write the rows. */
export function createCommentPublisher(outbox: Outbox<EngagementEvents>): CommentPublisher {
  const publish = <Type extends Extract<keyof EngagementEvents, `tintype.engagement.comment.${string}`>>(
    tx: pg.PoolClient,
    type: Type,
    events: readonly EngagementEvents[Type][],
  ) =>
    outbox.append(
      tx,
      events.map((data) => ({ type, subject: data.commentId, data })),
    );
  return {
    created: (tx, comment, parentAuthorId) =>
      publish(tx, 'tintype.engagement.comment.created.v1', [
        {
          ...idsOf(comment),
          parentAuthorId: parentAuthorId === null ? null : String(parentAuthorId),
          mentionedIds: comment.mentionedIds.map(String),
          hashtags: comment.hashtags,
          createdMs: comment.createdAt.getTime(),
          isHidden: comment.isHidden,
        },
      ]),
    edited: (tx, before, after) =>
      publish(tx, 'tintype.engagement.comment.edited.v1', [
        {
          ...idsOf(after),
          addedMentionIds: without(after.mentionedIds, before.mentionedIds),
          removedMentionIds: without(before.mentionedIds, after.mentionedIds),
          isHidden: after.isHidden,
        },
      ]),
    deleted: (tx, comments) => publish(tx, 'tintype.engagement.comment.deleted.v1', comments.map(idsOf)),
  };
}

function idsOf({ id, parentId, postId, postAuthorId, authorId }: CommentModel) {
  return {
    commentId: String(id),
    parentId: parentId === null ? null : String(parentId),
    postId: String(postId),
    authorId: String(postAuthorId),
    userId: String(authorId),
  };
}

function without(ids: readonly bigint[], others: readonly bigint[]): string[] {
  return ids.filter((id) => !others.includes(id)).map(String);
}
