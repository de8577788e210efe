import { type UserError, userError } from '@tintype/graphql';
import { MAX_ENDPOINT } from '#delivery/push/address.rules.ts';

/** The messages of all input errors. */
const MESSAGES = {
  NOTIFICATION_NOT_FOUND: 'You have no such notification.',
  CHANGE_ID_INVALID: 'This is not a change ID. Use the changeId of a notification.',
  KIND_REPEATED: 'List each kind only once.',
  PUSH_ENDPOINT_TAKEN: 'This push subscription belongs to another account.',
  PUSH_ENDPOINT_INVALID: `The endpoint must be the https address that the browser returns, with at most ${MAX_ENDPOINT.toLocaleString('en')} characters.`,
  PUSH_KEY_INVALID: 'Send the keys that the browser returns, in base64url: p256dh has 65 bytes and auth has 16.',
  PUSH_SUBSCRIPTION_NOT_FOUND: 'You have no such push subscription.',
  TIME_ZONE_UNKNOWN: 'There is no time zone with this name. An example of a name is Europe/Lisbon.',
  TIME_INVALID:
    'Times range from 00:00 to 23:59 and hours from 0 to 23. Quiet hours must begin and end at different times.',
  MAIL_UNAVAILABLE: 'This platform sends no mail.',
  TOKEN_INVALID: 'This link is not complete. Copy the whole link from the mail.',
} as const;

export function inputError<Code extends keyof typeof MESSAGES>(code: Code, field: string): UserError<Code> {
  return userError(code, MESSAGES[code], 'input', field);
}
