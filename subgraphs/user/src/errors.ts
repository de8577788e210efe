import { RequestError, type UserError, userError } from '@tintype/graphql';
import { HARMFUL_TEXT_MESSAGE } from '@tintype/text';
import { MAX_MAILS } from '#email/email-token.rules.ts';
import { MAX_CHANGES } from '#username/username.rules.ts';
import { LIMITS, PASSWORD_LENGTH } from './limits.ts';

/** Default messages of input errors. */
const MESSAGES = {
  USERNAME_INVALID: `Use 1 to ${LIMITS.username} letters (a to z), digits, dots and underscores. A dot cannot be first or last, or follow another dot.`,
  USERNAME_TAKEN: 'This username is not available. Choose another one.',
  EMAIL_INVALID: `Enter an address like name@example.org, with up to ${LIMITS.email} characters, and without spaces, invisible characters or any of < > ( ) [ ] \\ , ; : ".`,
  EMAIL_TAKEN: 'There is already an account with this e-mail address. Log in, or use another address.',
  PASSWORD_WEAK: `Choose a password of ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters that is hard to guess, such as four unrelated words.`,
  CREDENTIALS_WRONG: 'Wrong username, e-mail address or password.',
  PASSWORD_WRONG: 'Wrong password.',
  TOO_MANY_ATTEMPTS: 'Too many wrong passwords. Try again later.',
  TOKEN_INVALID: 'A link works for 24 hours, and one for a new password once within 30 minutes. Ask for another mail.',
  TOO_MANY_MAILS: `This account has received ${MAX_MAILS.forOwner} such mails within an hour. Try again later.`,
  TOO_MANY_CHANGES: `A username can be changed ${MAX_CHANGES} times in 14 days. Try again later.`,
  MAIL_UNAVAILABLE: 'This platform sends no mail.',
  CODE_REQUIRED: 'Enter the present code of your authenticator app, or a recovery code.',
  CODE_WRONG: 'Wrong code. Each code of the app is valid for half a minute, and works once.',
  TWO_FACTOR_ENABLED: 'This account already has a second factor. Disable it first.',
  TWO_FACTOR_DISABLED: 'This account has no second factor. Set one up first.',
  SETUP_NOT_STARTED: 'Start the setup first. If the account already has a second factor, there is nothing to set up.',
  CHALLENGE_INVALID: 'A login has to be completed within 5 minutes. Log in again.',
  REFRESH_TOKEN_INVALID: 'This refresh token is invalid or has expired. Log in again.',
  TEXT_TOO_LONG: `A display name may have up to ${LIMITS.displayName} characters, a bio ${LIMITS.bio} and a website ${LIMITS.website}.`,
  TEXT_INVALID: HARMFUL_TEXT_MESSAGE,
  WEBSITE_INVALID: 'Enter a web address that begins with http:// or https://, such as https://example.org.',
  UPLOAD_NOT_FOUND: 'This upload does not exist or its file has not arrived. Upload the picture again.',
} as const;

export type ErrorCode = keyof typeof MESSAGES;

/** The access token has not expired yet, but the account is no longer active. */
export function accountEnded(): RequestError {
  return new RequestError('UNAUTHENTICATED', 'This account is deactivated or deleted. Log in again.');
}

export type InputError<Code extends ErrorCode = ErrorCode> = UserError<Code>;

/** @param field of the input; undefined if no field is wrong */
export function inputError<Code extends ErrorCode>(
  code: Code,
  field?: string,
  message: string = MESSAGES[code],
): InputError<Code> {
  return field === undefined ? userError(code, message) : userError(code, message, 'input', field);
}
