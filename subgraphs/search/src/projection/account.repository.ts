import { type Executor, query, statement } from '@tintype/postgres';
import type { AccountChange } from './projection.model.ts';

/** The version of an author whose account event has not arrived. Their posts are hidden until it arrives. */
export const STUB_VERSION = -1;

export type LockedAccount = { userId: bigint; isPrivate: boolean; deleted: boolean; version: bigint };

const SEARCH_ACCOUNT_LOCK = statement(
  'search_account_lock',
  `SELECT user_id AS "userId", is_private AS "isPrivate", deleted, version FROM search.account
  WHERE user_id = ANY($1) ORDER BY user_id FOR NO KEY UPDATE`,
);

/** Locks in the order of ids, so that two transactions cannot deadlock. */
export function lockAccounts(tx: Executor, userIds: readonly bigint[]): Promise<LockedAccount[]> {
  return query(tx, SEARCH_ACCOUNT_LOCK, [userIds]);
}

const SEARCH_ACCOUNT_STUB = statement(
  'search_account_stub',
  `INSERT INTO search.account (user_id, username, display_name, is_private, deleted, version, dirty)
  SELECT user_id, '', '', true, true, $2, false FROM unnest($1::bigint[]) AS n(user_id) ORDER BY user_id
  ON CONFLICT DO NOTHING`,
);

/** Inserts stubs of unknown authors, so that there are rows to lock. */
export async function addStubs(tx: Executor, userIds: readonly bigint[]): Promise<void> {
  await query(tx, SEARCH_ACCOUNT_STUB, [userIds, STUB_VERSION]);
}

const SEARCH_ACCOUNT_APPLY = statement(
  'search_account_apply',
  `INSERT INTO search.account AS a (user_id, username, display_name, is_private, version, deleted, count_due)
   SELECT *, now() FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[], $5::bigint[], $6::boolean[]) AS n(user_id)
   ORDER BY user_id
   ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
     is_private = excluded.is_private, deleted = excluded.deleted, version = excluded.version, dirty = true,
     count_due = least(a.count_due, excluded.count_due)
   WHERE a.version < excluded.version`,
);

/** Applies changes that are newer than the stored rows. @param accounts each once */
export async function applyAccounts(tx: Executor, accounts: readonly AccountChange[]): Promise<void> {
  await query(tx, SEARCH_ACCOUNT_APPLY, [
    accounts.map(({ userId }) => userId),
    accounts.map(({ username }) => username),
    accounts.map(({ displayName }) => displayName),
    accounts.map(({ isPrivate }) => isPrivate),
    accounts.map(({ version }) => version),
    accounts.map(({ deleted }) => deleted),
  ]);
}

const SEARCH_ACCOUNT_TOUCH = statement(
  'search_account_touch',
  `UPDATE search.account a SET touches = touches + 1, count_due = least(count_due, now() + $2 * interval '1 ms')
   FROM (SELECT user_id FROM search.account WHERE user_id = ANY($1) ORDER BY user_id FOR NO KEY UPDATE) held
   WHERE a.user_id = held.user_id`,
);

/** Schedules a refresh of the counts of these people. */
export async function touchAccounts(executor: Executor, userIds: readonly bigint[], delayMs: number): Promise<void> {
  await query(executor, SEARCH_ACCOUNT_TOUCH, [userIds, delayMs]);
}
