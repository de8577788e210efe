import { isHarmfulText, isOneLine, normaliseText } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { PASSKEY_LIMITS } from '../limits.ts';

/** The name in the form in which it is stored. */
export function normalPasskeyName(text: string): string {
  return normaliseText(text).trim();
}

/** @param name from `normalPasskeyName` */
export function checkPasskeyName(name: string): InputError<'TEXT_REQUIRED' | 'TEXT_INVALID' | 'TEXT_TOO_LONG'> | null {
  if (name === '') return inputError('TEXT_REQUIRED', 'name');
  if (!isOneLine(name) || isHarmfulText(name)) return inputError('TEXT_INVALID', 'name');
  return [...name].length > PASSKEY_LIMITS.name
    ? inputError('TEXT_TOO_LONG', 'name', `A name may have up to ${PASSKEY_LIMITS.name} characters.`)
    : null;
}

/**
 * Whether the count of uses is not higher than at the last use, so that somebody may have used a copy (WebAuthn Level
 * 3, section 6.1.1). Authenticators that do not count always say 0.
 */
export function isOfCopy(before: bigint, signCount: number): boolean {
  return (before > 0n || signCount > 0) && BigInt(signCount) <= before;
}

/** What authenticators keep with a passkey to recognise the account by: nothing personal. */
export function userHandleOf(userId: bigint): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(String(userId));
}
