import { type Executor, query, statement } from '@tintype/postgres';

/** One range scan over the index (author_id, published_at desc, id desc) of posts that are not deleted, whatever their state. */
export const LEFT_POSTS = statement(
  'erasure_posts',
  `SELECT id FROM post.post WHERE author_id = $1 AND deleted_at IS NULL
  ORDER BY published_at DESC, id DESC LIMIT $2`,
);

/** Posts of an author that are not deleted. */
export async function listLeftPosts(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, LEFT_POSTS, [authorId, limit])).map((row) => row.id);
}

const ERASURE_SAYING = statement(
  'erasure_saying',
  `SELECT p.id FROM post.post p
  WHERE p.author_id = $1 AND p.deleted_at IS NOT NULL AND (p.caption <> '' OR p.mentioned_ids <> '{}' OR EXISTS (
    SELECT FROM post.media m WHERE m.author_id = $1 AND m.post_id = p.id AND m.alt_text <> ''))
  ORDER BY p.id LIMIT $2`,
);

/** Deleted posts of an author that still say something, also those that were deleted before. */
export async function listSaying(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query(executor, ERASURE_SAYING, [authorId, limit])).map((row) => row.id);
}

const ERASURE_EMPTY = statement(
  'erasure_empty',
  `UPDATE post.post SET caption = '', mentioned_ids = '{}' WHERE author_id = $1 AND id = ANY($2)`,
);
const ERASURE_ALT_TEXTS = statement(
  'erasure_alt_texts',
  `UPDATE post.media SET alt_text = '' WHERE author_id = $1 AND post_id = ANY($2) AND alt_text <> ''`,
);

/** Empties deleted posts; their rows stay, by which old events know that they are deleted. */
export async function emptyPosts(executor: Executor, authorId: bigint, ids: readonly bigint[]): Promise<void> {
  await query(executor, ERASURE_EMPTY, [authorId, ids]);
  await query(executor, ERASURE_ALT_TEXTS, [authorId, ids]);
}

export type OpenUpload = { id: bigint; objectKey: string };

const ERASURE_UPLOADS = statement(
  'erasure_uploads',
  `SELECT id, object_key AS "objectKey" FROM post.upload
  WHERE owner_id = $1 AND consumed_at IS NULL AND expires_at > now() ORDER BY id LIMIT $2`,
);

/** Uploads of a person that could still be used. */
export function listOpenUploads(executor: Executor, ownerId: bigint, limit: number): Promise<OpenUpload[]> {
  return query(executor, ERASURE_UPLOADS, [ownerId, limit]);
}

const ERASURE_END_UPLOADS = statement(
  'erasure_end_uploads',
  'UPDATE post.upload SET expires_at = now() WHERE owner_id = $1 AND id = ANY($2) AND consumed_at IS NULL',
);

/** From now on they cannot be used, and the job that removes unused uploads takes them: a form may still bring bytes until then. */
export async function endUploads(executor: Executor, ownerId: bigint, ids: readonly bigint[]): Promise<void> {
  await query(executor, ERASURE_END_UPLOADS, [ownerId, ids]);
}
