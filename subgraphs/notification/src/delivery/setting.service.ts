import { transaction } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type pg from 'pg';
import type { SetNotificationDeliveryInput, UserErrorCode } from '#generated/graphql.ts';
import { KINDS } from '#preference/preference.service.ts';
import { findReader } from '#reader/reader.repository.ts';
import { isTimeZone, minutesOf, nextDigestAt } from './clock.rules.ts';
import type { DeliverySetting } from './delivery.model.ts';
import { findSetting, putSetting } from './setting.repository.ts';

export type SettingError = { error: UserErrorCode; field: string };

export type SettingService = {
  find(userId: bigint): Promise<DeliverySetting>;
  /** What is left out stays as it is. */
  set(userId: bigint, input: SetNotificationDeliveryInput): Promise<SettingError | null>;
};

/** Of those who chose nothing: browsers ask before they take messages, and a mail for each like is nothing one expects. */
export const DEFAULT_SETTING: DeliverySetting = {
  pushKinds: KINDS,
  mailKinds: [],
  timeZone: 'UTC',
  quiet: null,
  digest: 'OFF',
  digestHour: 9,
};

export function createSettingService(deps: { pool: pg.Pool; hasMail: boolean }): SettingService {
  const { pool, hasMail } = deps;
  const find: SettingService['find'] = async (userId) => (await findSetting(pool, userId)) ?? DEFAULT_SETTING;
  return {
    find,
    async set(userId, input) {
      const setting = merge(await find(userId), input);
      if ('error' in setting) return setting;
      if (!hasMail && (setting.mailKinds.length > 0 || setting.digest !== 'OFF'))
        return { error: 'MAIL_UNAVAILABLE', field: setting.digest === 'OFF' ? 'mail' : 'digest' };
      const dueAt = nextDigestAt(setting, Date.now());
      await transaction(pool, async (tx) => {
        const told = (await findReader(tx, userId))?.lastChangeId ?? 0n;
        await putSetting(tx, userId, setting, dueAt === null ? null : new Date(dueAt), told);
      });
      return null;
    },
  };
}

function merge(before: DeliverySetting, input: SetNotificationDeliveryInput): DeliverySetting | SettingError {
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

/** Null where a time is none, or where they would last for no time at all. */
function quietOf(given: { from: string; to: string }): DeliverySetting['quiet'] {
  const [from, to] = [minutesOf(given.from), minutesOf(given.to)];
  return from === null || to === null || from === to ? null : { from, to };
}

function distinct(kinds: readonly NotificationKind[]): NotificationKind[] {
  return [...new Set(kinds)];
}
