import { type Executor, query, statement, statementFor } from '@tintype/postgres';
import type { Activity, ActivityKey } from './activity.model.ts';

const COLUMNS = `a.recipient_id AS "recipientId", a.key, a.notification_id AS "notificationId", a.kind, a.actor_id AS "actorId",
  a.post_id AS "postId", a.comment_id AS "commentId", a.at_ms AS "atMs", a.version, a.present, a.audience, a.shown, a.published`;

const ACTIVITY_FIND = statement(
  'activity_find',
  `SELECT ${COLUMNS} FROM unnest($1::bigint[], $2::text[]) AS given(recipient_id, key)
   JOIN notification.activity a USING (recipient_id, key)`,
).narrow<Pick<Activity, 'kind' | 'audience'>>();

/** The recipients must be locked, so that the result stays true. */
export function findActivities(tx: Executor, keys: readonly ActivityKey[]): Promise<Activity[]> {
  return query(tx, ACTIVITY_FIND, [keys.map((one) => one.recipientId), keys.map((one) => one.key)]);
}

const INSERT = `INSERT INTO notification.activity (recipient_id, key, notification_id, kind, actor_id, post_id, comment_id, at_ms, version,
    present, audience, shown, published)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6?::bigint[], $7?::bigint[],
    $8::bigint[], $9::bigint[], $10::boolean[], $11::text[], $12::boolean[], $13::boolean[])`;
const ACTIVITY_INSERT = statement('activity_insert', INSERT);

/** Inserts new activities. The recipients must have been locked before `findActivities` was called. */
export async function insertActivities(tx: Executor, activities: readonly Activity[]): Promise<void> {
  await query(tx, ACTIVITY_INSERT, valuesOf(activities));
}

const ACTIVITY_UPSERT = statement(
  'activity_upsert',
  `${INSERT} ORDER BY 1, 2
   ON CONFLICT (recipient_id, key) DO UPDATE SET notification_id = excluded.notification_id, kind = excluded.kind,
     post_id = excluded.post_id, comment_id = excluded.comment_id, at_ms = excluded.at_ms, version = excluded.version,
     present = excluded.present, audience = excluded.audience, shown = excluded.shown, published = excluded.published`,
);

/** Writes activities, known or new. The recipients must be locked. */
export async function upsertActivities(tx: Executor, activities: readonly Activity[]): Promise<void> {
  await query(tx, ACTIVITY_UPSERT, valuesOf(activities));
}

function valuesOf(activities: readonly Activity[]) {
  return [
    activities.map((activity) => activity.recipientId),
    activities.map((activity) => activity.key),
    activities.map((activity) => activity.notificationId),
    activities.map((activity) => activity.kind),
    activities.map((activity) => activity.actorId),
    activities.map((activity) => activity.postId),
    activities.map((activity) => activity.commentId),
    activities.map((activity) => activity.atMs),
    activities.map((activity) => activity.version),
    activities.map((activity) => activity.present),
    activities.map((activity) => activity.audience),
    activities.map((activity) => activity.shown),
    activities.map((activity) => activity.published),
  ] as const;
}

export type ActivityPosition = ActivityKey & Pick<Activity, 'notificationId'>;

const ACTIVITY_LIST_BY_ACTOR = statement(
  'activity_list_by_actor',
  `SELECT recipient_id AS "recipientId", notification_id AS "notificationId", key FROM notification.activity
   WHERE recipient_id = $1 AND actor_id = $2 AND (notification_id, key) > ($3, $4) ORDER BY notification_id, key LIMIT $5`,
);

/** The activities of one person for one recipient, by notification and key. */
export function listActivitiesByActor(
  tx: Executor,
  recipientId: bigint,
  actorId: bigint,
  after: Pick<ActivityPosition, 'notificationId' | 'key'>,
  limit: number,
): Promise<ActivityPosition[]> {
  return query(tx, ACTIVITY_LIST_BY_ACTOR, [recipientId, actorId, after.notificationId, after.key, limit]);
}

const TARGET_COLUMNS = {
  post: 'post_id',
  comment: 'comment_id',
} as const;

const ACTIVITY_SHOWN_BY = statementFor(
  'activity_shown_by',
  ['post', 'comment'],
  (what: keyof typeof TARGET_COLUMNS) => `SELECT recipient_id AS "recipientId", key FROM notification.activity
   WHERE ${TARGET_COLUMNS[what]} = $1 AND shown AND (recipient_id, key) > ($2, $3) ORDER BY recipient_id, key LIMIT $4`,
);

/** The shown activities about a post or a comment, by recipient and key. */
export function listShownByTarget(
  executor: Executor,
  what: keyof typeof TARGET_COLUMNS,
  targetId: bigint,
  after: ActivityKey,
  limit: number,
): Promise<ActivityKey[]> {
  return query(executor, ACTIVITY_SHOWN_BY(what), [targetId, after.recipientId, after.key, limit]);
}
