import { type Executor, query, statement } from '@tintype/postgres';

/** One range scan over the index (author_id, published_at desc, id desc) of posts in any state that are not deleted. */
export const REMAINING_POSTS = statement(
  'erasure_posts',
  `SELECT id FROM post.post WHERE author_id = $1 AND deleted_at IS NULL
  ORDER BY published_at DESC, id DESC LIMIT $2`,
);

/** Posts of an author, in any state, that are not deleted yet. */
export async function listRemainingPosts(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, REMAINING_POSTS, [authorId, limit])).map((row) => row.id);
}

const ERASURE_DELETED_WITH_TEXT = statement(
  'erasure_deleted_with_text',
  `SELECT p.id FROM post.post p
  WHERE p.author_id = $1 AND p.deleted_at IS NOT NULL AND (p.caption <> '' OR p.mentioned_ids <> '{}' OR EXISTS (
    SELECT FROM post.media m WHERE m.author_id = $1 AND m.post_id = p.id AND m.alt_text <> ''))
  ORDER BY p.id LIMIT $2`,
);

/** Deleted posts of an author that still have a caption, mentions or alternative texts. */
export async function listDeletedWithText(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, ERASURE_DELETED_WITH_TEXT, [authorId, limit])).map((row) => row.id);
}

const ERASURE_CLEAR_CAPTION = statement(
  'erasure_clear_caption',
  `UPDATE post.post SET caption = '', mentioned_ids = '{}' WHERE author_id = $1 AND id = ANY($2)`,
);
const ERASURE_CLEAR_ALT_TEXTS = statement(
  'erasure_clear_alt_texts',
  `UPDATE post.media SET alt_text = '' WHERE author_id = $1 AND post_id = ANY($2) AND alt_text <> ''`,
);

/** Clears the texts of deleted posts. The rows stay as tombstones, so that late events do not bring the posts back. */
export async function clearTexts(executor: Executor, authorId: bigint, ids: readonly bigint[]): Promise<void> {
  await query(executor, ERASURE_CLEAR_CAPTION, [authorId, ids]);
  await query(executor, ERASURE_CLEAR_ALT_TEXTS, [authorId, ids]);
}

const ERASURE_UPLOADS = statement(
  'erasure_uploads',
  `SELECT id FROM post.upload
  WHERE owner_id = $1 AND consumed_at IS NULL AND expires_at > now() ORDER BY id LIMIT $2`,
);

/** Uploads of a person that could still be used. */
export async function listUsableUploads(executor: Executor, ownerId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, ERASURE_UPLOADS, [ownerId, limit])).map((row) => row.id);
}

const ERASURE_EXPIRE_UPLOADS = statement(
  'erasure_expire_uploads',
  `UPDATE post.upload SET expires_at = date_trunc('milliseconds', clock_timestamp())
   WHERE owner_id = $1 AND id = ANY($2) AND consumed_at IS NULL`,
);

/**
 * Expires uploads, so that they cannot be used any more. Their forms may still write files, which the job for unused
 * uploads removes.
 */
export async function expireUploads(executor: Executor, ownerId: bigint, ids: readonly bigint[]): Promise<void> {
  await query(executor, ERASURE_EXPIRE_UPLOADS, [ownerId, ids]);
}
