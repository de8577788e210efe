import { isHarmfulText, isOneLine, normaliseText } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

const USERNAME = new RegExp(`^(?!\\.)(?!.*\\.\\.)(?!.*\\.$)[A-Za-z0-9._]{1,${LIMITS.username}}$`);

/** Names that would look official, or like one of our paths. */
const RESERVED = new Set(
  'admin administrator api explore graphiql graphql help me moderator root support system tintype'.split(' '),
);

const LOCAL_PART = String.raw`[^\s@<>()[\]\\,;:"]+`;
/** Letters and digits of any script, because domains are internationalised (RFC 5890). Up to 63 to a label. */
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
/**
 * One address, of which a mail program cannot make several. The top-level domain has a letter, so that it is not the
 * address of a machine. Only a mail can show whether the address exists.
 */
const EMAIL = new RegExp(`^${LOCAL_PART}@(?:${LABEL}\\.)+(?=[^.]*\\p{L})${LABEL}$`, 'u');

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
  // A letter in another form, such as a full-width one, would show an address other than the one that gets the mail.
  const isPlain = email.normalize('NFKC') === email;
  return isPlain &&
    Math.max(email.length, uniqueForm(email).length) <= LIMITS.email &&
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
