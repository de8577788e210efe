import { isHarmfulText } from './text.rules.ts';
import { type ListedWord, parseListedWord } from './word-list.rules.ts';

/** The message for a text with a banned word. It does not name the word, so that nobody learns the list by trying. */
export const BANNED_WORD_MESSAGE = 'This text contains a word that is not allowed here. Change it.';

/** The maximum length of a word, in UTF-16 code units. */
export const MAX_BANNED_WORD = 50;

/**
 * The word that a moderator means: one word, with at least two letters or digits, and optionally an asterisk at its
 * end. Null for anything else.
 */
export function parseBannedWord(text: string): ListedWord | null {
  const parsed = parseListedWord(text);
  if (parsed === null || parsed.keys.length > 1) return null;
  const key = parsed.keys[0];
  const isLongEnough = [...key].length >= 2 && key.length <= MAX_BANNED_WORD;
  return isLongEnough && !isHarmfulText(key) ? parsed : null;
}
