import { type Executor, query, statement, statementFor } from '@tintype/postgres';
import type { Cause, CauseKey } from './cause.model.ts';

const COLUMNS = `c.recipient_id AS "recipientId", c.key, c.notification_id AS "notificationId", c.kind, c.actor_id AS "actorId",
  c.post_id AS "postId", c.comment_id AS "commentId", c.at_ms AS "atMs", c.version, c.present, c.audience, c.shown, c.told`;

const CAUSE_FIND = statement(
  'cause_find',
  `SELECT ${COLUMNS} FROM unnest($1::bigint[], $2::text[]) AS given(recipient_id, key)
   JOIN notification.cause c USING (recipient_id, key)`,
).narrow<Pick<Cause, 'kind' | 'audience'>>();

/** Those of these that are known. Recipients must be locked, or what is found may change. */
export function findCauses(tx: Executor, keys: readonly CauseKey[]): Promise<Cause[]> {
  return query(tx, CAUSE_FIND, [keys.map((one) => one.recipientId), keys.map((one) => one.key)]);
}

const INSERT = `INSERT INTO notification.cause (recipient_id, key, notification_id, kind, actor_id, post_id, comment_id, at_ms, version,
    present, audience, shown, told)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6?::bigint[], $7?::bigint[],
    $8::bigint[], $9::bigint[], $10::boolean[], $11::text[], $12::boolean[], $13::boolean[])`;
const CAUSE_ADD = statement('cause_add', INSERT);

/** Writes causes that are not known yet. Recipients must be locked since before that was looked up. */
export async function addCauses(tx: Executor, causes: readonly Cause[]): Promise<void> {
  await query(tx, CAUSE_ADD, valuesOf(causes));
}

const CAUSE_PUT = statement(
  'cause_put',
  `${INSERT} ON CONFLICT (recipient_id, key) DO UPDATE SET notification_id = excluded.notification_id, kind = excluded.kind,
     post_id = excluded.post_id, comment_id = excluded.comment_id, at_ms = excluded.at_ms, version = excluded.version,
     present = excluded.present, audience = excluded.audience, shown = excluded.shown, told = excluded.told`,
);

/** Writes causes as they are. Recipients must be locked. */
export async function putCauses(tx: Executor, causes: readonly Cause[]): Promise<void> {
  await query(tx, CAUSE_PUT, valuesOf(causes));
}

function valuesOf(causes: readonly Cause[]) {
  return [
    causes.map((cause) => cause.recipientId),
    causes.map((cause) => cause.key),
    causes.map((cause) => cause.notificationId),
    causes.map((cause) => cause.kind),
    causes.map((cause) => cause.actorId),
    causes.map((cause) => cause.postId),
    causes.map((cause) => cause.commentId),
    causes.map((cause) => cause.atMs),
    causes.map((cause) => cause.version),
    causes.map((cause) => cause.present),
    causes.map((cause) => cause.audience),
    causes.map((cause) => cause.shown),
    causes.map((cause) => cause.told),
  ] as const;
}

export type CausePlace = CauseKey & Pick<Cause, 'notificationId'>;

const CAUSE_OF_ACTOR = statement(
  'cause_of_actor',
  `SELECT recipient_id AS "recipientId", notification_id AS "notificationId", key FROM notification.cause
   WHERE recipient_id = $1 AND actor_id = $2 AND (notification_id, key) > ($3, $4) ORDER BY notification_id, key LIMIT $5`,
);

/** What one person did that concerns another, by notification and key. */
export function listOfActor(
  tx: Executor,
  recipientId: bigint,
  actorId: bigint,
  after: Pick<CausePlace, 'notificationId' | 'key'>,
  limit: number,
): Promise<CausePlace[]> {
  return query(tx, CAUSE_OF_ACTOR, [recipientId, actorId, after.notificationId, after.key, limit]);
}

const OF_TARGET = {
  post: 'post_id',
  comment: 'comment_id',
} as const;

const SHOWN_OF = statementFor(
  'cause_of',
  ['post', 'comment'],
  (what: keyof typeof OF_TARGET) => `SELECT recipient_id AS "recipientId", key FROM notification.cause
   WHERE ${OF_TARGET[what]} = $1 AND shown AND (recipient_id, key) > ($2, $3) ORDER BY recipient_id, key LIMIT $4`,
);

/** What is shown about a post or a comment, by recipient and key. */
export function listShownOf(
  executor: Executor,
  what: keyof typeof OF_TARGET,
  targetId: bigint,
  after: CauseKey,
  limit: number,
): Promise<CauseKey[]> {
  return query(executor, SHOWN_OF(what), [targetId, after.recipientId, after.key, limit]);
}
