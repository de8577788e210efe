import { type Executor, query, statement } from '@tintype/postgres';
import type { AccountModel, AccountState } from './account.model.ts';
import { COLUMNS, type Narrowed } from './account.repository.ts';

const ACCOUNT_STATE_LOCK = statement(
  'account_state_lock',
  'SELECT state FROM "user".account WHERE id = $1 FOR UPDATE',
).narrow<{ state: AccountState }>();

/** Locks the account, so that other changes of it wait. @returns null if it never existed */
export async function lockState(tx: Executor, id: bigint): Promise<AccountState | null> {
  const [account] = await query(tx, ACCOUNT_STATE_LOCK, [id]);
  return account?.state ?? null;
}

const CREDENTIAL_OF = statement(
  'credential_of',
  'SELECT password_hash AS hash FROM "user".credential WHERE user_id = $1',
);

/** The viewer's own account, active or not, with the hash to compare the password with. */
export async function findPasswordHash(executor: Executor, id: bigint): Promise<string | null> {
  const [credential] = await query(executor, CREDENTIAL_OF, [id]);
  return credential?.hash ?? null;
}

const ACCOUNT_STATE = statement(
  'account_state',
  `UPDATE "user".account SET state = $2, visibility_version = visibility_version + 1, updated_at = now()
  WHERE id = $1 RETURNING ${COLUMNS}`,
).narrow<Narrowed>();

/** Hides the account, or shows it again. */
export async function setState(
  tx: Executor,
  id: bigint,
  state: Exclude<AccountState, 'DELETED'>,
): Promise<AccountModel> {
  const [account] = await query(tx, ACCOUNT_STATE, [id, state]);
  return account!;
}

const CREDENTIAL_REMOVE = statement('credential_remove', 'DELETE FROM "user".credential WHERE user_id = $1');
const ACCOUNT_SCRUB = statement(
  'account_scrub',
  `WITH held AS (SELECT id, avatar_upload_id FROM "user".account WHERE id = $1)
   UPDATE "user".account a SET state = 'DELETED', email = NULL, email_key = NULL, email_verified_at = NULL,
     pending_email = NULL, display_name = '', bio = '', bio_mentions = '[]',
     pronouns = '{}', category = 'NONE', links = '[]', language = DEFAULT,
     requested_avatar_upload_id = NULL, avatar_upload_id = NULL, avatar_key = NULL, avatar_placeholder = NULL, avatar_state = 'NONE',
     visibility_version = visibility_version + 1, updated_at = now()
   FROM held WHERE a.id = held.id
   RETURNING held.avatar_upload_id AS "avatarUploadId", a.visibility_version AS "visibilityVersion"`,
);

/**
 * Removes everything personal, and with the credential every way to log in. The row stays with its username, in both
 * columns: nobody may take over the name by which others know the person, so registrations must be able to compare with
 * it. Hiding it in one column would protect nothing.
 *
 * @returns the upload of the profile picture that is no longer used
 */
export async function scrubAccount(
  tx: Executor,
  id: bigint,
): Promise<{ avatarUploadId: bigint | null; visibilityVersion: bigint }> {
  await query(tx, CREDENTIAL_REMOVE, [id]);
  const [scrubbed] = await query(tx, ACCOUNT_SCRUB, [id]);
  return scrubbed!;
}
