import {
  DESCENDING,
  type Direction,
  type Executor,
  type KeysetRead,
  query,
  startOf,
  statementFor,
} from '@tintype/postgres';
import type { ActivityKind } from '#generated/graphql.ts';
import type { ActivityModel } from './activity.model.ts';

/** One range scan over (person, id) for each kind, then the newest of all, or the oldest if read backward. */
export const LIST_ACTIVITY = statementFor('activity', ['forward'], (direction: Direction) => {
  const { comparison, order } = DESCENDING[direction];
  const page = (kind: ActivityKind) => `AND id ${comparison} $2 AND '${kind}' = ANY($4) ORDER BY id ${order} LIMIT $3`;
  return `SELECT id AS "id!", kind AS "kind!", "postId" AS "postId!", "commentId" FROM (
    (SELECT id, 'LIKE' AS kind, post_id AS "postId", CASE WHEN is_comment THEN target_id END AS "commentId"
      FROM engagement."like" WHERE user_id = $1 AND liked ${page('LIKE')})
    UNION ALL
    (SELECT id, 'COMMENT', post_id, id FROM engagement.comment WHERE author_id = $1 AND deleted_at IS NULL ${page('COMMENT')})
    UNION ALL
    (SELECT id, 'SHARE', post_id, NULL FROM engagement.share WHERE user_id = $1 AND deleted_at IS NULL ${page('SHARE')})
    UNION ALL
    (SELECT id, 'SAVE', post_id, NULL FROM engagement.save WHERE user_id = $1 ${page('SAVE')})
  ) AS done ORDER BY id ${order} LIMIT $3`;
});

export function listActivity(
  executor: Executor,
  userId: bigint,
  kinds: readonly ActivityKind[],
  read: KeysetRead,
): Promise<ActivityModel[]> {
  const list = LIST_ACTIVITY(read.direction).narrow<{ kind: ActivityKind }>();
  return query(executor, list, [userId, startOf(read), read.limit, kinds]);
}
