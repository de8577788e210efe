import { type Executor, query, statement } from '@tintype/postgres';

const SETTING_DISABLED = statement(
  'setting_disabled',
  'SELECT post_id AS id FROM engagement.post_setting WHERE post_id = ANY($1) AND NOT comments_enabled',
);

/** Which of these posts have comments disabled. */
export async function findDisabled(executor: Executor, postIds: readonly bigint[]): Promise<bigint[]> {
  return (await query(executor, SETTING_DISABLED, [postIds])).map((row) => row.id);
}

const SETTING_COMMENTS = statement(
  'setting_comments',
  `INSERT INTO engagement.post_setting (post_id, author_id, comments_enabled) VALUES ($1, $2, $3)
   ON CONFLICT (post_id) DO UPDATE SET comments_enabled = excluded.comments_enabled`,
);

export async function setCommentsEnabled(
  executor: Executor,
  post: { id: bigint; authorId: bigint },
  enabled: boolean,
): Promise<void> {
  await query(executor, SETTING_COMMENTS, [post.id, post.authorId, enabled]);
}

const FILTER_WORDS = statement('filter_words', 'SELECT words FROM engagement.comment_filter WHERE user_id = $1');

/** Words that hide comments on a person's posts. Empty by default. */
export async function findWords(executor: Executor, userId: bigint): Promise<string[]> {
  const [row] = await query(executor, FILTER_WORDS, [userId]);
  return row?.words ?? [];
}

const FILTER_SET = statement(
  'filter_set',
  `INSERT INTO engagement.comment_filter (user_id, words) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET words = excluded.words`,
);

export async function setWords(executor: Executor, userId: bigint, words: readonly string[]): Promise<void> {
  await query(executor, FILTER_SET, [userId, words]);
}
