import { isHarmfulText, lengthOf, normaliseText } from '@tintype/text';

/** A text of a person, or what is wrong with it. @param limit in code points after normalisation */
export function checkText(
  input: string | null | undefined,
  limit: number,
): { text: string } | { error: 'TEXT_TOO_LONG' | 'TEXT_INVALID' } {
  const text = normaliseText(input ?? '').trim();
  if (lengthOf(text) > limit) return { error: 'TEXT_TOO_LONG' };
  return isHarmfulText(text) ? { error: 'TEXT_INVALID' } : { text };
}
