import { type Executor, query, statement } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { NotificationAudience } from '#activity/activity.model.ts';

export type Preference = { userId: bigint; kind: NotificationKind; audience: NotificationAudience };

const PREFERENCE_FIND = statement(
  'preference_find',
  'SELECT user_id AS "userId", kind, audience FROM notification.preference WHERE user_id = ANY($1)',
).narrow<Omit<Preference, 'userId'>>();

/** The preferences that these people have set. */
export function findPreferences(executor: Executor, userIds: readonly bigint[]): Promise<Preference[]> {
  return query(executor, PREFERENCE_FIND, [userIds]);
}

const PREFERENCE_PUT = statement(
  'preference_put',
  `INSERT INTO notification.preference (user_id, kind, audience)
   SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS chosen(user_id, kind, audience)
   WHERE NOT EXISTS (SELECT FROM notification.erased_person e WHERE e.user_id = chosen.user_id) ORDER BY 1, 2
   ON CONFLICT (user_id, kind) DO UPDATE SET audience = excluded.audience`,
);

/** Writes nothing for people who are erased. @param preferences each kind of a person once */
export async function putPreferences(executor: Executor, preferences: readonly Preference[]): Promise<void> {
  await query(executor, PREFERENCE_PUT, [
    preferences.map((one) => one.userId),
    preferences.map((one) => one.kind),
    preferences.map((one) => one.audience),
  ]);
}
