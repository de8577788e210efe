import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { addNotice } from '#mail/account-mail.repository.ts';
import { eraseOtherDevices, noteDevice } from './known-device.repository.ts';
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
  pool: Executor;
  ids: IdGenerator;
  secret: string;
}): KnownDeviceService {
  const { pool, ids, secret } = deps;
  const know = (userId: bigint, device: Device) => noteDevice(pool, userId, deviceKey(userId, device, secret));
  return {
    async note(userId, device) {
      if (!(await know(userId, device))) return;
      await addNotice(pool, { id: ids.next(), userId, kind: 'NEW_DEVICE', device: device.device });
    },
    async know(userId, device) {
      await know(userId, device);
    },
    forgetOthers: (tx, userId, device) => eraseOtherDevices(tx, userId, deviceKey(userId, device, secret)),
  };
}
