import { isHarmfulText, isOneLine, normaliseText } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

const USERNAME = new RegExp(`^(?!\\.)(?!.*\\.\\.)(?!.*\\.$)[A-Za-z0-9._]{1,${LIMITS.username}}$`);

/** Names that would look official, or like one of our paths. */
const RESERVED = new Set(
  'admin administrator api explore graphiql graphql help me moderator root support system tintype'.split(' '),
);

/** Catches typing errors only. Only a mail can show whether an address exists. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@.]+(\.[^\s@.]+)+$/;

/** The form of a username or e-mail address by which it is unique. */
export function uniqueForm(text: string): string {
  // Postgres does not accept NUL. It is replaced by a character that no name contains.
  return text.normalize('NFKC').toLowerCase().replaceAll('\0', '\ufffd');
}

export function checkUsername(username: string): InputError<'USERNAME_INVALID' | 'USERNAME_TAKEN'> | null {
  if (!USERNAME.test(username)) return inputError('USERNAME_INVALID', 'username');
  return RESERVED.has(username.toLowerCase()) ? inputError('USERNAME_TAKEN', 'username') : null;
}

export function checkEmail(email: string): InputError<'EMAIL_INVALID'> | null {
  return Math.max(email.length, uniqueForm(email).length) <= LIMITS.email &&
    EMAIL.test(email) &&
    !/\p{C}/u.test(email) &&
    !isHarmfulText(email)
    ? null
    : inputError('EMAIL_INVALID', 'email');
}

/** @param field of the input, which is also the name of the limit, in code points after NFC */
export function checkText(
  field: 'displayName' | 'bio',
  text: string,
): InputError<'TEXT_INVALID' | 'TEXT_TOO_LONG'> | null {
  const normal = normaliseText(text);
  if (field === 'displayName' && !isOneLine(normal))
    return inputError('TEXT_INVALID', field, 'A display name has one line, without tabs.');
  if (isHarmfulText(normal)) return inputError('TEXT_INVALID', field);
  const limit = LIMITS[field];
  return [...normal].length > limit
    ? inputError('TEXT_TOO_LONG', field, `This text may have up to ${limit} characters.`)
    : null;
}

/** An empty text clears it. */
export function checkWebsite(website: string): InputError<'TEXT_TOO_LONG' | 'WEBSITE_INVALID'> | null {
  if (website === '') return null;
  if (website.length > LIMITS.website) {
    return inputError('TEXT_TOO_LONG', 'website', `An address may have up to ${LIMITS.website} characters.`);
  }
  const valid =
    URL.canParse(website) && ['http:', 'https:'].includes(new URL(website).protocol) && !isHarmfulText(website);
  return valid ? null : inputError('WEBSITE_INVALID', 'website');
}
