import { userError } from '@tintype/graphql';
import { extractHashtags, extractMentions, isHarmfulText, lengthOf, normaliseText, TEXT_LIMITS } from '@tintype/text';
import type { UpdateCommentFilterErrorCode } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import { FILTER } from '../limits.ts';

/** What can be wrong with the text of a comment. */
export type TextErrorCode =
  | 'TEXT_REQUIRED'
  | 'TEXT_TOO_LONG'
  | 'TEXT_INVALID'
  | 'TOO_MANY_MENTIONS'
  | 'TOO_MANY_HASHTAGS';

const MAX_LENGTH = TEXT_LIMITS.length.toLocaleString('en');

export type CheckedText = { text: string; mentions: string[]; hashtags: string[] };

/** Checks the text of a comment as far as possible without I/O. */
export function checkText(input: string): CheckedText | { errors: InputError<TextErrorCode>[] } {
  const text = normaliseText(input).trim();
  if (text === '') return { errors: [inputError('TEXT_REQUIRED', 'text')] };
  // Texts that are too long are not analysed further.
  if (lengthOf(text) > TEXT_LIMITS.length) {
    const message = `A comment can have up to ${MAX_LENGTH} characters.`;
    return { errors: [userError('TEXT_TOO_LONG', message, 'input', 'text')] };
  }
  const mentions = extractMentions(text);
  const hashtags = extractHashtags(text);
  const errors = [
    isHarmfulText(text) && inputError('TEXT_INVALID', 'text'),
    mentions.length > TEXT_LIMITS.mentions && inputError('TOO_MANY_MENTIONS', 'text'),
    hashtags.length > TEXT_LIMITS.hashtags && inputError('TOO_MANY_HASHTAGS', 'text'),
  ].filter((error) => error !== false);
  return errors.length > 0 ? { errors } : { text, mentions, hashtags };
}

/** Checks the text of a share, which may be empty. */
export function checkShareText(input: string): string | { errors: InputError<'TEXT_TOO_LONG' | 'TEXT_INVALID'>[] } {
  const text = normaliseText(input).trim();
  if (lengthOf(text) > TEXT_LIMITS.length) {
    const message = `The text of a share can have up to ${MAX_LENGTH} characters.`;
    return { errors: [userError('TEXT_TOO_LONG', message, 'input', 'text')] };
  }
  return isHarmfulText(text) ? { errors: [inputError('TEXT_INVALID', 'text')] } : text;
}

/** The form in which words are compared: with accents, but without case and character width. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

type WordError = InputError<UpdateCommentFilterErrorCode>;

/** The words of a filter in the form in which they are stored, without duplicates. */
export function checkWords(input: readonly string[]): string[] | { errors: WordError[] } {
  if (input.length > FILTER.words) return { errors: [inputError('TOO_MANY_WORDS', 'words')] };
  const words = input.map((word) => folded(word).trim());
  const errors = words.map(checkWord).filter((error) => error !== null);
  return errors.length > 0 ? { errors } : [...new Set(words)];
}

function checkWord(word: string, index: number): WordError | null {
  if (word === '') return inputError('TEXT_REQUIRED', 'words', index);
  if (lengthOf(word) > FILTER.wordLength) {
    const message = `A word or phrase of a filter can have up to ${FILTER.wordLength} characters.`;
    return userError('TEXT_TOO_LONG', message, 'input', 'words', index);
  }
  return isHarmfulText(word) ? inputError('TEXT_INVALID', 'words', index) : null;
}

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}_]/u;

/** Whether a text contains one of these words as a whole word. */
export function hasWord(text: string, words: readonly string[]): boolean {
  const searched = folded(text);
  return words.some((word) => {
    for (let at = searched.indexOf(word); at >= 0; at = searched.indexOf(word, at + 1)) {
      const before = searched.slice(0, at).at(-1) ?? '';
      const after = searched[at + word.length] ?? '';
      const startsWithin = WORD_CHARACTER.test(before) && WORD_CHARACTER.test(word[0]!);
      const endsWithin = WORD_CHARACTER.test(after) && WORD_CHARACTER.test(word.at(-1)!);
      if (!startsWithin && !endsWithin) return true;
    }
    return false;
  });
}
