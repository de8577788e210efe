import type { IdGenerator } from '@tintype/ids';
import { type Executor, transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addNotice } from '#mail/account-mail.repository.ts';
import { eraseOtherDevices, noteDevice, touchDevice } from './known-device.repository.ts';
import { deviceKey } from './known-device.rules.ts';

/** What the client called itself, and its network if it is known. */
export type Device = { device: string; network: string | undefined };

export type KnownDeviceService = {
  /** After a login. The owner gets a notice if the device was not known. */
  note(userId: bigint, device: Device): Promise<void>;
  /** After a registration, which needs no notice. */
  know(userId: bigint, device: Device): Promise<void>;
  /** After the owner of an account set a new password on this device, which stays known if it was. */
  forgetOthers(tx: Executor, userId: bigint, device: Device): Promise<void>;
};

export function createKnownDeviceService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  secret: string;
}): KnownDeviceService {
  const { pool, ids, secret } = deps;
  const keyOf = (userId: bigint, device: Device) => deviceKey(userId, device, secret);
  return {
    async note(userId, device) {
      const key = keyOf(userId, device);
      // Most devices are known, and need no transaction.
      if (await touchDevice(pool, userId, key)) return;
      await transaction(pool, async (tx) => {
        if (!(await noteDevice(tx, userId, key))) return;
        await addNotice(tx, { id: ids.next(), userId, kind: 'NEW_DEVICE', device: device.device });
      });
    },
    async know(userId, device) {
      await noteDevice(pool, userId, keyOf(userId, device));
    },
    forgetOthers: (tx, userId, device) => eraseOtherDevices(tx, userId, keyOf(userId, device)),
  };
}
