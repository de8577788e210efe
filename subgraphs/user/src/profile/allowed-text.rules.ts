import { userError } from '@tintype/graphql';
import type { HasBannedWord } from '@tintype/graphql/internal';
import { BANNED_WORD_MESSAGE } from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';

/** An error for each text of the input that contains a banned word, with its place if the field has several. */
export function checkAllowed(
  shown: Readonly<Record<string, string | readonly string[] | undefined>>,
  hasBannedWord: HasBannedWord,
): InputError<'TEXT_NOT_ALLOWED'>[] {
  return Object.entries(shown).flatMap(([field, text]) => {
    if (text === undefined || typeof text === 'string')
      return text !== undefined && hasBannedWord(text) ? [inputError('TEXT_NOT_ALLOWED', field)] : [];
    return text.flatMap((one, index) =>
      hasBannedWord(one) ? [userError('TEXT_NOT_ALLOWED', BANNED_WORD_MESSAGE, 'input', field, index)] : [],
    );
  });
}
