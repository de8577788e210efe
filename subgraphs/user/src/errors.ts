import { RequestError, type UserError, userError } from '@tintype/graphql';
import type { UserErrorCode } from '#generated/graphql.ts';

/** What can be wrong with an input, and how it is said; a text that needs a number is said where the number is. */
const MESSAGES: Record<UserErrorCode, string> = {
  USERNAME_INVALID:
    'A username has 1 to 30 of the letters a to z and A to Z, the digits 0 to 9, dots and underscores, and no dot at an end or beside another.',
  USERNAME_TAKEN: 'This username is in use, or kept for the platform.',
  EMAIL_INVALID:
    'An e-mail address is written like name@example.org, in up to 254 characters, without spaces, invisible signs or any of < > ( ) [ ] \\ , ; : ".',
  EMAIL_TAKEN: 'This e-mail address has an account already.',
  PASSWORD_WEAK: 'A password has 10 to 128 characters and is hard to guess. Four unrelated words do well.',
  CREDENTIALS_WRONG: 'Wrong username, e-mail address or password.',
  TOO_MANY_ATTEMPTS: 'Too many wrong passwords. Try again later.',
  REFRESH_TOKEN_INVALID: 'This refresh token is unknown, used or past its time. Log in again.',
  TEXT_TOO_LONG: 'A display name may have up to 50 characters, a bio 150 and a website 200.',
  TEXT_INVALID:
    'A text shows something and has no control characters but tabs and line breaks, no direction that is forced or left open, and up to 4 marks on a letter that its script does not have.',
  WEBSITE_INVALID: 'A website begins with http:// or https://, such as https://example.org.',
  UPLOAD_NOT_FOUND: 'You have no such upload for an avatar, or its bytes have not arrived.',
};

/** The viewer's access token is still in its time, and their account is not active any more. */
export function accountEnded(): RequestError {
  return new RequestError('UNAUTHENTICATED', 'This account is deactivated or deleted. Log in again.');
}

export type InputError = UserError<UserErrorCode>;

export function inputError(code: UserErrorCode, field: string, message: string = MESSAGES[code]): InputError {
  return userError(code, message, 'input', field);
}
