import { type Executor, query } from '@tintype/postgres';

/** One range scan over the index (author_id, published_at desc, id desc) of posts that are not deleted, whatever their state. */
export const LEFT_POSTS = `SELECT id FROM post.post WHERE author_id = $1 AND deleted_at IS NULL
  ORDER BY published_at DESC, id DESC LIMIT $2`;

/** Posts of an author that are not deleted. */
export async function listLeftPosts(executor: Executor, authorId: bigint, limit: number): Promise<bigint[]> {
  return (await query<{ id: bigint }>(executor, 'erasure_posts', LEFT_POSTS, [authorId, limit])).map((row) => row.id);
}

/** Empties what deleted posts said, also of those that were deleted before; their rows stay, so that no old event finds nothing. */
export async function clearTexts(executor: Executor, authorId: bigint, limit: number): Promise<number> {
  const rows = await query(
    executor,
    'erasure_captions',
    `UPDATE post.post SET caption = '', mentioned_ids = '{}' WHERE author_id = $1 AND id IN (
       SELECT id FROM post.post WHERE author_id = $1 AND deleted_at IS NOT NULL AND (caption <> '' OR mentioned_ids <> '{}')
       ORDER BY id LIMIT $2) RETURNING 1`,
    [authorId, limit],
  );
  return rows.length;
}

export async function clearAltTexts(executor: Executor, authorId: bigint, limit: number): Promise<number> {
  const rows = await query(
    executor,
    'erasure_alt_texts',
    `UPDATE post.media SET alt_text = '' WHERE author_id = $1 AND (post_id, position) IN (
       SELECT post_id, position FROM post.media WHERE author_id = $1 AND alt_text <> '' ORDER BY post_id, position LIMIT $2)
     RETURNING 1`,
    [authorId, limit],
  );
  return rows.length;
}

export type OpenUpload = { id: bigint; objectKey: string };

/** Uploads of a person that could still be used. */
export function listOpenUploads(executor: Executor, ownerId: bigint, limit: number): Promise<OpenUpload[]> {
  const text = `SELECT id, object_key AS "objectKey" FROM post.upload
    WHERE owner_id = $1 AND consumed_at IS NULL AND expires_at > now() ORDER BY id LIMIT $2`;
  return query(executor, 'erasure_uploads', text, [ownerId, limit]);
}

/** From now on they cannot be used, and the job that removes unused uploads takes them: a form may still bring bytes until then. */
export async function endUploads(executor: Executor, ownerId: bigint, ids: readonly bigint[]): Promise<void> {
  const text = 'UPDATE post.upload SET expires_at = now() WHERE owner_id = $1 AND id = ANY($2) AND consumed_at IS NULL';
  await query(executor, 'erasure_end_uploads', text, [ownerId, ids]);
}
