import { type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with an input, and how it is said. */
const MESSAGES: Record<UserErrorCode, string> = {
  NOTIFICATION_NOT_FOUND: 'You have no such notification.',
  CHANGE_ID_INVALID: 'This is not the id of a change. Use changeId of a notification.',
  KIND_REPEATED: 'Choose each kind once.',
  PUSH_ENDPOINT_TAKEN: 'This push subscription belongs to another account.',
  PUSH_ENDPOINT_INVALID:
    'An endpoint is an https address of up to 1,024 characters on the public Internet, as the browser says it.',
  PUSH_KEY_INVALID:
    'Of a push subscription p256dh has 65 bytes and auth has 16, both as base64url. Send what the browser says.',
  PUSH_SUBSCRIPTION_NOT_FOUND: 'You have no such push subscription.',
  TIME_ZONE_UNKNOWN: 'No time zone has this name. An example is Europe/Lisbon.',
  TIME_INVALID:
    'Times are from 00:00 to 23:59 and hours from 0 to 23, and quiet hours begin and end at different times.',
  MAIL_UNAVAILABLE: 'This platform sends no mail.',
};

export type InputError = UserError<UserErrorCode>;

export function inputError(code: UserErrorCode, field: string): InputError {
  return userError(code, MESSAGES[code], 'input', field);
}
