import { type Executor, keysOf, query } from '@tintype/postgres';
import type { Told } from '#apply/apply.rules.ts';

/** Notes that a post is deleted. Repeats change nothing. */
export async function noteGone(executor: Executor, postId: bigint): Promise<void> {
  const text = 'INSERT INTO engagement.gone_post (post_id) VALUES ($1) ON CONFLICT DO NOTHING';
  await query(executor, 'gone_post_note', text, [postId]);
}

/**
 * Those of these posts that are deleted. Whoever looks after the commit of what they wrote misses nothing: either they see the note here, or
 * the cleanup that follows the note sees what they wrote.
 */
export async function findGone(executor: Executor, postIds: readonly bigint[]): Promise<Set<bigint>> {
  const text = `SELECT post_id AS id FROM engagement.gone_post WHERE post_id = ANY(${keysOf('$1')})`;
  const rows = await query<{ id: bigint }>(executor, 'gone_post_find', text, [postIds]);
  return new Set(rows.map(({ id }) => id));
}

/** Removes what was written of deleted posts by what the log says. */
export async function removeTold(executor: Executor, told: Told, gone: ReadonlySet<bigint>): Promise<void> {
  const likes = told.likes.filter(({ postId }) => gone.has(postId));
  await query(
    executor,
    'gone_post_likes',
    `DELETE FROM engagement."like" l USING unnest($1::bigint[], $2::bigint[]) AS told(target_id, user_id)
     WHERE l.target_id = told.target_id AND l.user_id = told.user_id`,
    [likes.map((like) => like.targetId), likes.map((like) => like.userId)],
  );
  const comments = 'DELETE FROM engagement.comment WHERE post_id = ANY($1) AND id = ANY($2)';
  await query(executor, 'gone_post_comments', comments, [[...gone], told.commentIds]);
  await query(executor, 'gone_post_stats', 'DELETE FROM engagement.post_stats WHERE post_id = ANY($1)', [[...gone]]);
}
