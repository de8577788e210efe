import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { Told } from '#apply/apply.rules.ts';

const GONE_POST_NOTE = statement(
  'gone_post_note',
  'INSERT INTO engagement.gone_post (post_id) VALUES ($1) ON CONFLICT DO NOTHING',
);

/** Notes that a post is deleted. Repeats change nothing. */
export async function noteGone(executor: Executor, postId: bigint): Promise<void> {
  await query(executor, GONE_POST_NOTE, [postId]);
}

const GONE_POST_FIND = statement(
  'gone_post_find',
  `SELECT post_id AS id FROM engagement.gone_post WHERE post_id = ANY(${keysOf('$1')})`,
);

/**
 * Those of these posts that are deleted. Whoever looks after the commit of what they wrote misses nothing: either they see the note here, or
 * the cleanup that follows the note sees what they wrote.
 */
export async function findGone(executor: Executor, postIds: readonly bigint[]): Promise<Set<bigint>> {
  const rows = await query(executor, GONE_POST_FIND, [postIds]);
  return new Set(rows.map(({ id }) => id));
}

const GONE_POST_LIKES = statement(
  'gone_post_likes',
  `DELETE FROM engagement."like" l USING unnest($1::bigint[], $2::bigint[]) AS told(target_id, user_id)
   WHERE l.target_id = told.target_id AND l.user_id = told.user_id`,
);
const GONE_POST_COMMENTS = statement(
  'gone_post_comments',
  'DELETE FROM engagement.comment WHERE post_id = ANY($1) AND id = ANY($2)',
);
const GONE_POST_STATS = statement('gone_post_stats', 'DELETE FROM engagement.post_stats WHERE post_id = ANY($1)');

/** Removes what was written of deleted posts by what the log says. */
export async function removeTold(executor: Executor, told: Told, gone: ReadonlySet<bigint>): Promise<void> {
  const likes = told.likes.filter(({ postId }) => gone.has(postId));
  await query(executor, GONE_POST_LIKES, [likes.map((like) => like.targetId), likes.map((like) => like.userId)]);
  await query(executor, GONE_POST_COMMENTS, [[...gone], told.commentIds]);
  await query(executor, GONE_POST_STATS, [[...gone]]);
}
