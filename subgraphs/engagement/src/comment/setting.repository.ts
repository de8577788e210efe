import { type Executor, query } from '@tintype/postgres';

/** Posts under which comments are not allowed, of these. */
export async function findDisabled(executor: Executor, postIds: readonly bigint[]): Promise<bigint[]> {
  const text = 'SELECT post_id AS id FROM engagement.post_setting WHERE post_id = ANY($1) AND NOT comments_enabled';
  return (await query<{ id: bigint }>(executor, 'setting_disabled', text, [postIds])).map((row) => row.id);
}

export async function setCommentsEnabled(
  executor: Executor,
  post: { id: bigint; authorId: bigint },
  enabled: boolean,
): Promise<void> {
  await query(
    executor,
    'setting_comments',
    `INSERT INTO engagement.post_setting (post_id, author_id, comments_enabled) VALUES ($1, $2, $3)
     ON CONFLICT (post_id) DO UPDATE SET comments_enabled = excluded.comments_enabled`,
    [post.id, post.authorId, enabled],
  );
}

/** Words that hide comments under a person's posts; none where they never said any. */
export async function findWords(executor: Executor, userId: bigint): Promise<string[]> {
  const text = 'SELECT words FROM engagement.comment_filter WHERE user_id = $1';
  const [row] = await query<{ words: string[] }>(executor, 'filter_words', text, [userId]);
  return row?.words ?? [];
}

export async function setWords(executor: Executor, userId: bigint, words: readonly string[]): Promise<void> {
  const text = `INSERT INTO engagement.comment_filter (user_id, words) VALUES ($1, $2)
    ON CONFLICT (user_id) DO UPDATE SET words = excluded.words`;
  await query(executor, 'filter_set', text, [userId, words]);
}
