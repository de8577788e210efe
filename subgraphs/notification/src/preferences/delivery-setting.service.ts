import { transaction } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type pg from 'pg';
import type { UpdateNotificationDeliveryErrorCode, UpdateNotificationDeliveryInput } from '#generated/graphql.ts';
import { findRecipient } from '#reconcile/recipient.repository.ts';
import { isTimeZone, minutesOf, nextDigestAt } from './clock.rules.ts';
import type { DeliverySetting } from './delivery-setting.model.ts';
import { findDeliverySetting, putDeliverySetting } from './delivery-setting.repository.ts';
import { KINDS } from './preference.service.ts';

export type DeliverySettingError = { error: UpdateNotificationDeliveryErrorCode; field: string };

export type DeliverySettingService = {
  find(userId: bigint): Promise<DeliverySetting>;
  /** Fields that are missing stay as they are. @returns the error, or null */
  update(userId: bigint, input: UpdateNotificationDeliveryInput): Promise<DeliverySettingError | null>;
};

/**
 * For people who have set nothing. Browsers ask before they accept messages, but nobody expects a mail for each like.
 */
export const DEFAULT_DELIVERY_SETTING: DeliverySetting = {
  pushKinds: KINDS,
  mailKinds: [],
  timeZone: 'UTC',
  quiet: null,
  digest: 'OFF',
  digestHour: 9,
};

export function createDeliverySettingService(deps: { pool: pg.Pool; hasMail: boolean }): DeliverySettingService {
  const { pool, hasMail } = deps;
  const find: DeliverySettingService['find'] = async (userId) =>
    (await findDeliverySetting(pool, userId)) ?? DEFAULT_DELIVERY_SETTING;
  return {
    find,
    async update(userId, input) {
      const setting = merge(await find(userId), input);
      if ('error' in setting) return setting;
      if (!hasMail && (setting.mailKinds.length > 0 || setting.digest !== 'OFF'))
        return { error: 'MAIL_UNAVAILABLE', field: setting.digest === 'OFF' ? 'mail' : 'digest' };
      const dueAt = nextDigestAt(setting, Date.now());
      await transaction(pool, async (tx) => {
        const lastChangeId = (await findRecipient(tx, userId))?.lastChangeId ?? 0n;
        await putDeliverySetting(tx, userId, setting, dueAt === null ? null : new Date(dueAt), lastChangeId);
      });
      return null;
    },
  };
}

function merge(
  before: DeliverySetting,
  input: UpdateNotificationDeliveryInput,
): DeliverySetting | DeliverySettingError {
  const { push, mail, timeZone, quietHours, digest } = input;
  if (timeZone != null && !isTimeZone(timeZone)) return { error: 'TIME_ZONE_UNKNOWN', field: 'timeZone' };
  if (digest?.hour != null && (digest.hour < 0 || digest.hour > 23)) return { error: 'TIME_INVALID', field: 'digest' };
  const quiet = quietHours ? quietOf(quietHours) : null;
  if (quietHours && !quiet) return { error: 'TIME_INVALID', field: 'quietHours' };
  return {
    pushKinds: push ? distinct(push) : before.pushKinds,
    mailKinds: mail ? distinct(mail) : before.mailKinds,
    timeZone: timeZone ?? before.timeZone,
    quiet: quietHours === undefined ? before.quiet : quiet,
    digest: digest?.frequency ?? before.digest,
    digestHour: digest?.hour ?? before.digestHour,
  };
}

/** @returns null if a time is malformed or both times are equal */
function quietOf(given: { from: string; to: string }): DeliverySetting['quiet'] {
  const [from, to] = [minutesOf(given.from), minutesOf(given.to)];
  return from === null || to === null || from === to ? null : { from, to };
}

function distinct(kinds: readonly NotificationKind[]): NotificationKind[] {
  return [...new Set(kinds)];
}
