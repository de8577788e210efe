import { userError } from '@tintype/graphql';
import { compileWordList, isHarmfulText, lengthOf, normaliseText, parseListedWord } from '@tintype/text';
import type { UpdateCommentFilterErrorCode } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import { FILTER } from '../limits.ts';

type FilterError = InputError<UpdateCommentFilterErrorCode>;

/** The words of a filter as they are stored: as they were written, without other spellings of the same word. */
export function checkFilter(input: readonly string[]): string[] | { errors: FilterError[] } {
  if (input.length > FILTER.words) return { errors: [inputError('TOO_MANY_WORDS', 'words')] };
  const words = input.map((word) => normaliseText(word).trim());
  const errors = words.map(checkWord).filter((error) => error !== null);
  if (errors.length > 0) return { errors };
  const unique = new Map<string, string>();
  for (const word of words) {
    const key = keyOf(word);
    if (!unique.has(key)) unique.set(key, word);
  }
  return [...unique.values()];
}

function checkWord(word: string, index: number): FilterError | null {
  if (word === '') return inputError('TEXT_REQUIRED', 'words', index);
  if (lengthOf(word) > FILTER.wordLength) {
    const message = `A word or phrase of a filter can have up to ${FILTER.wordLength} characters.`;
    return userError('TEXT_TOO_LONG', message, 'input', 'words', index);
  }
  return isHarmfulText(word) ? inputError('TEXT_INVALID', 'words', index) : null;
}

function keyOf(word: string): string {
  const listed = parseListedWord(word);
  return listed === null ? folded(word) : JSON.stringify(listed);
}

/** Compiles the words of a filter to a function that says whether a text contains one of them. */
export function compileFilter(words: readonly string[]): (text: string) => boolean {
  const listed = words.map((word) => ({ word, parsed: parseListedWord(word) }));
  const hasWord = compileWordList(listed.map(({ parsed }) => parsed).filter((parsed) => parsed !== null));
  const literals = listed.filter(({ parsed }) => parsed === null).map(({ word }) => folded(word));
  return (text) => hasWord(text) || hasLiteral(text, literals);
}

/** The form in which emoji and words with signs are compared: with accents, but without case and character width. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}_]/u;

/** Whether a text contains one of these, and no word of the text goes on where one of them begins or ends. */
function hasLiteral(text: string, literals: readonly string[]): boolean {
  if (literals.length === 0) return false;
  const searched = folded(text);
  return literals.some((literal) => {
    for (let at = searched.indexOf(literal); at >= 0; at = searched.indexOf(literal, at + 1)) {
      const before = searched.slice(0, at).at(-1) ?? '';
      const after = searched[at + literal.length] ?? '';
      const startsWithin = WORD_CHARACTER.test(before) && WORD_CHARACTER.test(literal[0]!);
      const endsWithin = WORD_CHARACTER.test(after) && WORD_CHARACTER.test(literal.at(-1)!);
      if (!startsWithin && !endsWithin) return true;
    }
    return false;
  });
}
