import { userError } from '@tintype/graphql';
import {
  extractMentions,
  isHarmfulText,
  isOneLine,
  lengthOf,
  normaliseText,
  parseWebUrl,
  TEXT_LIMITS,
} from '@tintype/text';
import { type InputError, inputError } from '../errors.ts';
import { LINKS, PRONOUNS } from '../limits.ts';
import type { ProfileLink } from './profile.model.ts';

/** Letters of any script with their marks, and what joins them, as in `they/them`. */
const PRONOUN = /^[\p{L}\p{M}]+(?:[ '’/-][\p{L}\p{M}]+)*$/u;

type PronounError = InputError<'TOO_MANY_PRONOUNS' | 'PRONOUN_INVALID'>;

/** Pronouns as they are stored. */
export function checkPronouns(input: readonly string[]): string[] | { errors: PronounError[] } {
  if (input.length > PRONOUNS.number) return { errors: [inputError('TOO_MANY_PRONOUNS', 'pronouns')] };
  const pronouns = input.map((one) => normaliseText(one).trim());
  const errors = pronouns.flatMap((one, index) => {
    const isRepeated = pronouns.findIndex((other) => other.toLowerCase() === one.toLowerCase()) < index;
    const isValid = !isRepeated && lengthOf(one) <= PRONOUNS.length && PRONOUN.test(one) && !isHarmfulText(one);
    return isValid ? [] : [at(inputError('PRONOUN_INVALID'), 'pronouns', index)];
  });
  return errors.length > 0 ? { errors } : pronouns;
}

type LinkError = InputError<'TOO_MANY_LINKS' | 'LINK_INVALID' | 'TEXT_REQUIRED' | 'TEXT_INVALID' | 'TEXT_TOO_LONG'>;

/** Links as they are stored: with the canonical forms of their URLs. */
export function checkLinks(input: readonly ProfileLink[]): ProfileLink[] | { errors: LinkError[] } {
  if (input.length > LINKS.number) return { errors: [inputError('TOO_MANY_LINKS', 'links')] };
  const links = input.map(({ title, url }) => ({ title: normaliseText(title).trim(), url: parseWebUrl(url.trim()) }));
  const errors = links.flatMap(({ title, url }, index) => {
    const isValid = url?.startsWith('https:') === true && url.length <= LINKS.urlLength;
    const wrong = [
      titleError(title, index),
      isValid ? null : at<LinkError>(inputError('LINK_INVALID'), 'links', index, 'url'),
    ];
    return wrong.filter((error) => error !== null);
  });
  return errors.length > 0 ? { errors } : links.map(({ title, url }) => ({ title, url: url! }));
}

function titleError(title: string, index: number): LinkError | null {
  const path = ['links', index, 'title'] as const;
  if (title === '') return at(inputError('TEXT_REQUIRED'), ...path);
  if (!isOneLine(title))
    return userError('TEXT_INVALID', 'The title of a link has one line, without tabs.', 'input', ...path);
  if (isHarmfulText(title)) return at(inputError('TEXT_INVALID'), ...path);
  if (lengthOf(title) <= LINKS.titleLength) return null;
  const message = `The title of a link may have up to ${LINKS.titleLength} characters.`;
  return userError('TEXT_TOO_LONG', message, 'input', ...path);
}

/** Whether a bio mentions more people than other texts may. */
export function checkMentions(bio: string): InputError<'TOO_MANY_MENTIONS'> | null {
  return extractMentions(bio).length > TEXT_LIMITS.mentions ? inputError('TOO_MANY_MENTIONS', 'bio') : null;
}

/** The same error at a place within the input. */
function at<Error extends InputError>(
  { code, message }: Error,
  ...path: (string | number)[]
): InputError<Error['code']> {
  return userError(code, message, 'input', ...path);
}
