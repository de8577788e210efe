import { type ListRecords, personalRecord } from '@tintype/graphql';
import { globalId, timestampOf } from '@tintype/ids';
import { query, statement } from '@tintype/postgres';
import type { SocialGraphRecordKind } from '#generated/graphql.ts';

/**
 * One table from the side of one person. People who block the person are left out, so that nobody learns from an export
 * who blocks them.
 */
const listOf = (table: string, person: string, other: string) => `
  SELECT id, ${other} AS "otherId" FROM social_graph.${table} t
  WHERE ${person} = $1 AND id > $2
    AND NOT EXISTS (SELECT FROM social_graph.block b WHERE b.blocker_id = t.${other} AND b.blocked_id = $1)
  ORDER BY id LIMIT $3`;

const EXPORTED_FOLLOWING = statement('exported_following', listOf('follow', 'follower_id', 'followee_id'));
const EXPORTED_FOLLOWERS = statement('exported_followers', listOf('follower', 'followee_id', 'follower_id'));
const EXPORTED_SENT = statement('exported_sent_requests', listOf('follow_request', 'follower_id', 'followee_id'));
const EXPORTED_RECEIVED = statement(
  'exported_received_requests',
  listOf('follow_request', 'followee_id', 'follower_id'),
);
const EXPORTED_BLOCKED = statement('exported_blocked', listOf('block', 'blocker_id', 'blocked_id'));
const EXPORTED_MUTED = statement('exported_muted', listOf('mute', 'muter_id', 'muted_id'));
const EXPORTED_RESTRICTED = statement('exported_restricted', listOf('restriction', 'restricter_id', 'restricted_id'));
const EXPORTED_CLOSE_FRIENDS = statement('exported_close_friends', listOf('close_friend', 'owner_id', 'friend_id'));
const EXPORTED_DISMISSED = statement('exported_dismissed', listOf('suggestion_dismissal', 'viewer_id', 'person_id'));

/** The same columns for each list. */
type ListedStatement =
  | typeof EXPORTED_FOLLOWING
  | typeof EXPORTED_FOLLOWERS
  | typeof EXPORTED_SENT
  | typeof EXPORTED_RECEIVED
  | typeof EXPORTED_BLOCKED
  | typeof EXPORTED_MUTED
  | typeof EXPORTED_RESTRICTED
  | typeof EXPORTED_CLOSE_FRIENDS
  | typeof EXPORTED_DISMISSED;

const records =
  (list: ListedStatement): ListRecords =>
  async (executor, ...page) => {
    const rows = await query(executor, list, page);
    return rows.map(({ id, otherId }) =>
      personalRecord(id, { user: globalId('User', otherId), since: new Date(timestampOf(id)) }, otherId),
    );
  };

export const RECORDS: Readonly<Record<SocialGraphRecordKind, ListRecords>> = {
  FOLLOWING: records(EXPORTED_FOLLOWING),
  FOLLOWERS: records(EXPORTED_FOLLOWERS),
  SENT_FOLLOW_REQUESTS: records(EXPORTED_SENT),
  RECEIVED_FOLLOW_REQUESTS: records(EXPORTED_RECEIVED),
  BLOCKED: records(EXPORTED_BLOCKED),
  MUTED: records(EXPORTED_MUTED),
  RESTRICTED: records(EXPORTED_RESTRICTED),
  CLOSE_FRIENDS: records(EXPORTED_CLOSE_FRIENDS),
  DISMISSED_SUGGESTIONS: records(EXPORTED_DISMISSED),
};
