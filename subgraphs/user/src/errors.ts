import { RequestError, type UserError, userError } from '@tintype/graphql';
import { BANNED_WORD_MESSAGE, HARMFUL_TEXT_MESSAGE, TEXT_LIMITS } from '@tintype/text';
import { ONE_PER_HOURS } from '#data-export/data-export.rules.ts';
import { MAX_MAILS } from '#email/email-token.rules.ts';
import { MAX_CHANGES } from '#username/username.rules.ts';
import {
  APP_LIMITS,
  IDENTITY_PROVIDER_LIMITS,
  LIMITS,
  LINKS,
  PASSKEY_LIMITS,
  PASSWORD_LENGTH,
  PRONOUNS,
} from './limits.ts';

/** Default messages of input errors. */
const MESSAGES = {
  USERNAME_INVALID: `Use 1 to ${LIMITS.username} letters (a to z), digits, dots and underscores. A dot cannot be first or last, or follow another dot.`,
  USERNAME_TAKEN: 'This username is not available. Choose another one.',
  EMAIL_INVALID: `Enter an address like name@example.org, with up to ${LIMITS.email} characters, and without spaces, invisible characters or any of < > ( ) [ ] \\ , ; : ".`,
  EMAIL_TAKEN: 'There is already an account with this e-mail address. Log in, or use another address.',
  EMAIL_UNVERIFIED: 'Verify your e-mail address first.',
  PASSWORD_WEAK: `Choose a password of ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters that is hard to guess, such as four unrelated words.`,
  CREDENTIALS_WRONG: 'Wrong username, e-mail address or password.',
  PASSWORD_WRONG: 'Wrong password.',
  TOO_MANY_ATTEMPTS: 'Too many wrong passwords. Try again later.',
  TOKEN_INVALID: 'A link works for 24 hours, and one for a new password once within 30 minutes. Ask for another mail.',
  TOO_MANY_MAILS: `This account has received ${MAX_MAILS.forOwner} such mails within an hour. Try again later.`,
  TOO_MANY_CHANGES: `A username can be changed ${MAX_CHANGES} times in 14 days. Try again later.`,
  TOO_MANY_EXPORTS: `One export can be made in ${ONE_PER_HOURS} hours. Try again later.`,
  MAIL_UNAVAILABLE: 'This platform sends no mail.',
  CODE_REQUIRED: 'Enter the current code of your authenticator app, or a recovery code.',
  CODE_WRONG: 'Wrong code. Each code of the app is valid for half a minute, and works once.',
  TWO_FACTOR_ENABLED: 'This account already has a second factor. Disable it first.',
  TWO_FACTOR_DISABLED: 'This account has no second factor. Set one up first.',
  SETUP_NOT_STARTED: 'Start the setup first. If the account already has a second factor, there is nothing to set up.',
  CHALLENGE_INVALID: 'A login has to be completed within 5 minutes. Log in again.',
  PASSKEY_INVALID: 'This passkey did not work. Start again: each answer works once, within 5 minutes.',
  PASSKEY_NOT_FOUND: 'You have no such passkey.',
  TOO_MANY_PASSKEYS: `An account can have up to ${PASSKEY_LIMITS.passkeys} passkeys. Delete one first.`,
  PROVIDER_NOT_FOUND: 'There is no such way to log in. Choose another one.',
  PROVIDER_UNAVAILABLE: 'The service does not answer at the moment. Try again later, or log in in another way.',
  PROVIDER_REFUSED: 'The login was cancelled, or did not work. Start again.',
  FLOW_INVALID: 'A login has to be completed within 10 minutes, on the device where it was started. Start again.',
  SIGN_UP_INVALID: 'An account has to be created within 10 minutes. Start again.',
  IDENTITY_TAKEN: 'This login already belongs to an account.',
  LINKED_IDENTITY_NOT_FOUND: 'You have no such linked login.',
  TOO_MANY_LINKED_IDENTITIES: `An account can have up to ${IDENTITY_PROVIDER_LIMITS.linkedIdentities} linked logins. Remove one first.`,
  USER_NOT_FOUND: 'This account does not exist.',
  SELF_NOT_ALLOWED: 'You cannot change your own role. Ask another admin.',
  REFRESH_TOKEN_INVALID: 'This refresh token is invalid or has expired. Log in again.',
  TEXT_TOO_LONG: `A display name may have up to ${LIMITS.displayName} characters, and a bio ${LIMITS.bio}.`,
  TEXT_REQUIRED: 'Enter a text that does not consist only of spaces.',
  TEXT_INVALID: HARMFUL_TEXT_MESSAGE,
  TEXT_NOT_ALLOWED: BANNED_WORD_MESSAGE,
  TOO_MANY_MENTIONS: `A bio can mention up to ${TEXT_LIMITS.mentions} people.`,
  TOO_MANY_PRONOUNS: `A profile can have up to ${PRONOUNS.number} pronouns.`,
  PRONOUN_INVALID: `A pronoun has up to ${PRONOUNS.length} letters, and may have spaces, apostrophes, hyphens and slashes between them. List each once.`,
  TOO_MANY_LINKS: `A profile can have up to ${LINKS.number} links.`,
  LINK_INVALID: `Enter a web address such as https://example.org, without a username or password, of up to ${LINKS.urlLength} characters.`,
  WEBSITE_INVALID: 'Enter a web address that begins with http:// or https://, such as https://example.org.',
  REDIRECT_URI_INVALID: `List 1 to ${APP_LIMITS.redirectUris} different addresses: https:// ones, http:// ones of this device such as http://127.0.0.1/, or ones with a scheme such as com.example.app:/. They have no fragment and no asterisk.`,
  TOO_MANY_APPS: `A person may have ${APP_LIMITS.apps} apps. Delete one first.`,
  APP_NOT_FOUND: 'You have no such app.',
  APP_IS_PUBLIC: 'A public app has no secret.',
  LANGUAGE_UNSUPPORTED: 'This language is not supported. Choose another one.',
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
