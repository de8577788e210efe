import { type ListRecords, personalRecord } from '@tintype/graphql';
import { globalId, timestampOf } from '@tintype/ids';
import { query, statement } from '@tintype/postgres';
import type { NotificationRecordKind } from '#generated/graphql.ts';

const EXPORTED_NOTIFICATIONS = statement(
  'exported_notifications',
  `SELECT id, kind, post_id AS "postId", comment_id AS "commentId", actor_count AS "actorCount", read_at AS "readAt",
     change_id AS "changeId"
   FROM notification.notification WHERE recipient_id = $1 AND actor_count > 0 AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_PREFERENCES = statement(
  'exported_notification_preferences',
  `SELECT row_number() OVER (ORDER BY kind) AS "cursor!", kind, audience
   FROM notification.preference WHERE user_id = $1 ORDER BY kind`,
);
const EXPORTED_DELIVERY_SETTINGS = statement(
  'exported_delivery_settings',
  `SELECT push_kinds AS "pushKinds", mail_kinds AS "mailKinds", time_zone AS "timeZone", quiet_from AS "quietFrom",
     quiet_to AS "quietTo", digest, digest_hour AS "digestHour"
   FROM notification.delivery_setting WHERE user_id = $1`,
);
const EXPORTED_PUSH_SUBSCRIPTIONS = statement(
  'exported_push_subscriptions',
  'SELECT id, endpoint FROM notification.push_subscription WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3',
);

/** What belongs to others is left out: who acted. So are the keys of push subscriptions, which are secrets. */
export const RECORDS: Readonly<Record<NotificationRecordKind, ListRecords>> = {
  async NOTIFICATIONS(executor, ...page) {
    const rows = await query(executor, EXPORTED_NOTIFICATIONS, page);
    return rows.map(({ id, kind, postId, commentId, actorCount, readAt, changeId }) =>
      personalRecord(id, {
        id: globalId('Notification', id),
        kind,
        post: postId === null ? null : globalId('Post', postId),
        comment: commentId === null ? null : globalId('Comment', commentId),
        people: actorCount,
        changedAt: new Date(timestampOf(changeId)),
        readAt,
      }),
    );
  },
  async PREFERENCES(executor, userId, after) {
    // There are a dozen kinds at most: one page.
    const rows = after > 0n ? [] : await query(executor, EXPORTED_PREFERENCES, [userId]);
    return rows.map(({ cursor, kind, audience }) => personalRecord(cursor, { kind, audience }));
  },
  async DELIVERY_SETTINGS(executor, userId, after) {
    const rows = after > 0n ? [] : await query(executor, EXPORTED_DELIVERY_SETTINGS, [userId]);
    return rows.map((setting) => personalRecord(userId, setting));
  },
  async PUSH_SUBSCRIPTIONS(executor, ...page) {
    const rows = await query(executor, EXPORTED_PUSH_SUBSCRIPTIONS, page);
    return rows.map(({ id, endpoint }) => {
      return personalRecord(id, { id: globalId('PushSubscription', id), service: new URL(endpoint).origin });
    });
  },
};
