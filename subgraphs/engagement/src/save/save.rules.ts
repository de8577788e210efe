import { userError } from '@tintype/graphql';
import { isHarmfulText, isOneLine, lengthOf, normaliseText } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { COLLECTIONS } from '../limits.ts';

/** What can be wrong with the name of a collection. */
export type NameErrorCode = 'TEXT_REQUIRED' | 'TEXT_TOO_LONG' | 'TEXT_INVALID';

/** The name in the form in which it is stored. */
export function checkName(input: string): string | { errors: InputError<NameErrorCode>[] } {
  const name = normaliseText(input).trim();
  if (name === '') return { errors: [inputError('TEXT_REQUIRED', 'name')] };
  if (lengthOf(name) > COLLECTIONS.nameLength) {
    const message = `The name of a collection can have up to ${COLLECTIONS.nameLength} characters.`;
    return { errors: [userError('TEXT_TOO_LONG', message, 'input', 'name')] };
  }
  if (!isOneLine(name)) {
    const message = 'The name must be on one line and without tabs.';
    return { errors: [userError('TEXT_INVALID', message, 'input', 'name')] };
  }
  return isHarmfulText(name) ? { errors: [inputError('TEXT_INVALID', 'name')] } : name;
}

/** The form under which names are unique. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
