import { type Executor, query, statement } from '@tintype/postgres';
import { KNOWN_S, MAX_KNOWN } from './known-device.rules.ts';

const DEVICE_NOTE = statement(
  'known_device_note',
  `INSERT INTO "user".known_device AS k (user_id, device)
   SELECT id, $2::bytea FROM "user".account WHERE id = $1 AND state <> 'DELETED' FOR KEY SHARE
   ON CONFLICT (user_id, device) DO UPDATE SET seen_at = now()
   RETURNING k.xmax = 0 AS "isNew!"`,
);
const DEVICE_TRIM = statement(
  'known_device_trim',
  `DELETE FROM "user".known_device WHERE user_id = $1 AND device IN (
     SELECT device FROM "user".known_device WHERE user_id = $1 ORDER BY seen_at DESC, device OFFSET $2)`,
);

const DEVICE_TOUCH = statement(
  'known_device_touch',
  'UPDATE "user".known_device SET seen_at = now() WHERE user_id = $1 AND device = $2 RETURNING 1',
);

/** Records a login from a known device. @returns false if it is not known */
export async function touchDevice(executor: Executor, userId: bigint, device: Uint8Array): Promise<boolean> {
  return (await query(executor, DEVICE_TOUCH, [userId, device])).length > 0;
}

/** Records a login from a device, and keeps the newest few devices. @returns whether it was not known yet */
export async function noteDevice(executor: Executor, userId: bigint, device: Uint8Array): Promise<boolean> {
  const [noted] = await query(executor, DEVICE_NOTE, [userId, device]);
  if (!noted?.isNew) return false;
  await query(executor, DEVICE_TRIM, [userId, MAX_KNOWN]);
  return true;
}

const DEVICE_ERASE = statement('known_device_erase', 'DELETE FROM "user".known_device WHERE user_id = $1');

const DEVICE_ERASE_OTHERS = statement(
  'known_device_erase_others',
  'DELETE FROM "user".known_device WHERE user_id = $1 AND device <> $2',
);

/** Forgets all devices of an account but one. */
export async function eraseOtherDevices(tx: Executor, userId: bigint, kept: Uint8Array): Promise<void> {
  await query(tx, DEVICE_ERASE_OTHERS, [userId, kept]);
}

/** Forgets all devices of an account. */
export async function eraseDevices(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, DEVICE_ERASE, [userId]);
}

const DEVICE_STALE = statement(
  'known_device_stale',
  `DELETE FROM "user".known_device WHERE (user_id, device) IN (
     SELECT user_id, device FROM "user".known_device WHERE seen_at < now() - $1 * interval '1 second' LIMIT $2)
   RETURNING 1`,
);

/** Removes devices that no longer count as known. @returns how many */
export async function deleteStaleDevices(executor: Executor, limit: number): Promise<number> {
  return (await query(executor, DEVICE_STALE, [KNOWN_S, limit])).length;
}
