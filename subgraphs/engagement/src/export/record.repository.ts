import { type ListRecords, personalRecord } from '@tintype/graphql';
import { globalId, timestampOf } from '@tintype/ids';
import { query, statement } from '@tintype/postgres';
import type { EngagementRecordKind } from '#generated/graphql.ts';

const EXPORTED_LIKES = statement(
  'exported_likes',
  `SELECT id, target_id AS "targetId", is_comment AS "isComment" FROM engagement."like"
   WHERE user_id = $1 AND liked AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_COMMENTS = statement(
  'exported_comments',
  `SELECT id, post_id AS "postId", parent_id AS "parentId", text, created_at AS "createdAt", edited_at AS "editedAt"
   FROM engagement.comment WHERE author_id = $1 AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_SHARES = statement(
  'exported_shares',
  `SELECT id, post_id AS "postId", text, created_at AS "createdAt" FROM engagement.share
   WHERE user_id = $1 AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_SAVES = statement(
  'exported_saves',
  `SELECT s.id, s.post_id AS "postId", ARRAY(
     SELECT p.collection_id FROM engagement.collection_post p
     WHERE p.user_id = s.user_id AND p.post_id = s.post_id ORDER BY p.id) AS "collectionIds!"
   FROM engagement.save s WHERE s.user_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`,
);
const EXPORTED_COLLECTIONS = statement(
  'exported_collections',
  `SELECT id, name, created_at AS "createdAt" FROM engagement.collection
   WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_SETTINGS = statement(
  'exported_comment_settings',
  `SELECT post_id AS "postId", comments_enabled AS "commentsEnabled" FROM engagement.post_setting
   WHERE author_id = $1 AND post_id > $2 ORDER BY post_id LIMIT $3`,
);
const EXPORTED_FILTER = statement(
  'exported_comment_filter',
  'SELECT user_id AS "userId", words FROM engagement.comment_filter WHERE user_id = $1 AND user_id > $2 LIMIT $3',
);

/** Only what the person did: comments and likes of others are theirs. */
export const RECORDS: Readonly<Record<EngagementRecordKind, ListRecords>> = {
  async LIKES(executor, ...page) {
    const rows = await query(executor, EXPORTED_LIKES, page);
    return rows.map(({ id, targetId, isComment }) =>
      personalRecord(id, {
        ...(isComment ? { comment: globalId('Comment', targetId) } : { post: globalId('Post', targetId) }),
        likedAt: new Date(timestampOf(id)),
      }),
    );
  },
  async COMMENTS(executor, ...page) {
    const rows = await query(executor, EXPORTED_COMMENTS, page);
    return rows.map(({ id, postId, parentId, text, createdAt, editedAt }) =>
      personalRecord(id, {
        id: globalId('Comment', id),
        post: globalId('Post', postId),
        replyTo: parentId === null ? null : globalId('Comment', parentId),
        text,
        createdAt,
        editedAt,
      }),
    );
  },
  async SHARES(executor, ...page) {
    const rows = await query(executor, EXPORTED_SHARES, page);
    return rows.map(({ id, postId, text, createdAt }) =>
      personalRecord(id, { id: globalId('Share', id), post: globalId('Post', postId), text, createdAt }),
    );
  },
  async SAVED_POSTS(executor, ...page) {
    const rows = await query(executor, EXPORTED_SAVES, page);
    return rows.map(({ id, postId, collectionIds }) =>
      personalRecord(id, {
        post: globalId('Post', postId),
        collections: collectionIds.map((collectionId) => globalId('Collection', collectionId)),
        savedAt: new Date(timestampOf(id)),
      }),
    );
  },
  async COLLECTIONS(executor, ...page) {
    const rows = await query(executor, EXPORTED_COLLECTIONS, page);
    return rows.map(({ id, name, createdAt }) =>
      personalRecord(id, { id: globalId('Collection', id), name, createdAt }),
    );
  },
  async COMMENT_SETTINGS(executor, ...page) {
    const rows = await query(executor, EXPORTED_SETTINGS, page);
    return rows.map(({ postId, commentsEnabled }) =>
      personalRecord(postId, { post: globalId('Post', postId), commentsEnabled }),
    );
  },
  async COMMENT_FILTER(executor, ...page) {
    const rows = await query(executor, EXPORTED_FILTER, page);
    return rows.map(({ userId, words }) => personalRecord(userId, { words }));
  },
};
