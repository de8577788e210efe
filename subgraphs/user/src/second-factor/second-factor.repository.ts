import { type Executor, query, statement } from '@tintype/postgres';
import type { TwoFactorModel } from './second-factor.model.ts';

const FACTOR_STATE = statement(
  'second_factor_state',
  `SELECT (SELECT enabled_at FROM "user".second_factor WHERE user_id = $1) AS "enabledAt",
     (SELECT count(*)::int FROM "user".recovery_code WHERE user_id = $1) AS "recoveryCodesLeft!"`,
);

export async function findTwoFactor(executor: Executor, userId: bigint): Promise<TwoFactorModel> {
  return (await query(executor, FACTOR_STATE, [userId]))[0]!;
}

const FACTOR_FIND = statement(
  'second_factor_find',
  'SELECT sealed_secret AS "sealedSecret", enabled_at AS "enabledAt" FROM "user".second_factor WHERE user_id = $1',
);

export async function findSecondFactor(
  executor: Executor,
  userId: bigint,
): Promise<{ sealedSecret: Uint8Array; enabledAt: Date | null } | null> {
  return (await query(executor, FACTOR_FIND, [userId]))[0] ?? null;
}

const FACTOR_START = statement(
  'second_factor_start',
  `INSERT INTO "user".second_factor AS f (user_id, sealed_secret)
   SELECT id, $2::bytea FROM "user".account WHERE id = $1 AND state = 'ACTIVE' FOR KEY SHARE
   ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, last_step = 0
     WHERE f.enabled_at IS NULL RETURNING user_id`,
);

/** Stores a secret that is not used yet. @returns whether the account has no second factor yet */
export async function startSetup(executor: Executor, userId: bigint, sealedSecret: Uint8Array): Promise<boolean> {
  return (await query(executor, FACTOR_START, [userId, sealedSecret])).length > 0;
}

const FACTOR_ENABLE = statement(
  'second_factor_enable',
  `UPDATE "user".second_factor SET enabled_at = now()
   WHERE user_id = $1 AND sealed_secret = $2 AND enabled_at IS NULL RETURNING user_id`,
);
const NEED_CODE = statement('credential_need_code', 'UPDATE "user".credential SET needs_code = $2 WHERE user_id = $1');

/** Enables the factor with this secret, for a locked account. @returns whether it was not enabled yet */
export async function enableSecondFactor(tx: Executor, userId: bigint, sealedSecret: Uint8Array): Promise<boolean> {
  const enabled = (await query(tx, FACTOR_ENABLE, [userId, sealedSecret])).length > 0;
  if (enabled) await query(tx, NEED_CODE, [userId, true]);
  return enabled;
}

const SETUP_REMOVE = statement(
  'second_factor_setup_remove',
  'DELETE FROM "user".second_factor WHERE user_id = $1 AND enabled_at IS NULL',
);

export async function removeUnfinishedSetup(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, SETUP_REMOVE, [userId]);
}

const STEP_TAKE = statement(
  'second_factor_step',
  `UPDATE "user".second_factor SET last_step = $3
   WHERE user_id = $1 AND sealed_secret = $2 AND last_step < $3 RETURNING user_id`,
);

/** Uses the code of a time step up. @returns whether neither it nor a later one was used before */
export async function takeStep(
  executor: Executor,
  userId: bigint,
  sealedSecret: Uint8Array,
  step: bigint,
): Promise<boolean> {
  return (await query(executor, STEP_TAKE, [userId, sealedSecret, step])).length > 0;
}

const RECOVERY_TAKE = statement(
  'recovery_code_take',
  'DELETE FROM "user".recovery_code WHERE user_id = $1 AND hash = $2 RETURNING user_id',
);

/** Uses a recovery code up. @returns whether there was one */
export async function takeRecoveryCode(executor: Executor, userId: bigint, hash: Uint8Array): Promise<boolean> {
  return (await query(executor, RECOVERY_TAKE, [userId, hash])).length > 0;
}

const RECOVERY_CLEAR = statement('recovery_code_clear', 'DELETE FROM "user".recovery_code WHERE user_id = $1');
const RECOVERY_ADD = statement(
  'recovery_code_add',
  'INSERT INTO "user".recovery_code (user_id, hash) SELECT $1, unnest($2::bytea[])',
);

/**
 * Replaces all recovery codes. Takes a lock on the account's second factor, so that of two calls the later one counts.
 */
export async function replaceRecoveryCodes(tx: Executor, userId: bigint, hashes: readonly Uint8Array[]): Promise<void> {
  await query(tx, RECOVERY_CLEAR, [userId]);
  await query(tx, RECOVERY_ADD, [userId, hashes]);
}

const FACTOR_LOCK = statement(
  'second_factor_lock',
  'SELECT user_id FROM "user".second_factor WHERE user_id = $1 AND enabled_at IS NOT NULL FOR UPDATE',
);

/** Locks an enabled second factor. @returns whether there is one */
export async function lockSecondFactor(tx: Executor, userId: bigint): Promise<boolean> {
  return (await query(tx, FACTOR_LOCK, [userId])).length > 0;
}

const FACTOR_REMOVE = statement('second_factor_remove', 'DELETE FROM "user".second_factor WHERE user_id = $1');

/** Removes the second factor with its recovery codes: at its owner's wish, or for a deleted account. */
export async function removeSecondFactor(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, FACTOR_REMOVE, [userId]);
  await query(tx, NEED_CODE, [userId, false]);
  await query(tx, RECOVERY_CLEAR, [userId]);
}
