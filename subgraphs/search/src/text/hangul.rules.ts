// Korean is typed letter by letter, and the keyboard makes syllables of the letters: ㅎ, 하, 한, 한ㄱ, 한구, 한국. So what is
// typed so far of a word is a prefix of its keystrokes, not of its syllables. Keystrokes are written in Unicode's
// compatibility jamo, which folded texts do not contain.

/** Syllables are ordered by initial consonant, vowel and final consonants (Unicode 16, section 3.12). */
const SYLLABLES = { first: 0xac00, last: 0xd7a3 } as const;
const INITIALS = 'ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ');
const VOWELS = 'ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' ');
const FINALS =
  'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ');
/** Letters outside a syllable, as folding leaves them. */
const LONE: readonly (readonly [first: number, letters: readonly string[]])[] = [
  [0x1100, INITIALS],
  [0x1161, VOWELS],
  [0x11a8, FINALS],
];
const KEYSTROKE = /^[\u3131-\u3163]/;
/** The keystrokes of about eight syllables. Longer words are found by their syllables. */
const MAX_KEYSTROKES = 24;

type Syllable = { initial: string; keystrokes: string };

/** The keystrokes of a folded Korean text, at most those of about eight syllables. */
export function keystrokesOf(text: string): string {
  let keystrokes = '';
  for (const letter of text) {
    keystrokes += syllableOf(letter).keystrokes;
    if (keystrokes.length >= MAX_KEYSTROKES) break;
  }
  return keystrokes.slice(0, MAX_KEYSTROKES);
}

/**
 * Words of the index that begin with what may be typed of a Korean word, or of a part of it: its keystrokes, or only
 * its initials.
 */
export function typedWordsOf(word: string): string[] {
  const letters = [...word];
  return letters.flatMap((_, at) => {
    const rest = letters.slice(at, at + MAX_KEYSTROKES);
    const initials = rest.map((letter) => syllableOf(letter).initial).join('');
    return [keystrokesOf(rest.join('')), ...(rest.length > 1 ? [initials] : [])];
  });
}

/** Whether a word of the index is one of `typedWordsOf`. */
export function isTypedWord(word: string): boolean {
  return KEYSTROKE.test(word);
}

/**
 * How many letters of a word, from its beginning, were typed with these keystrokes or initials. 0 if it begins
 * differently.
 */
export function typedLength(word: string, typed: string): number {
  let keystrokes = '';
  let initials = '';
  let length = 0;
  for (const letter of word) {
    const syllable = syllableOf(letter);
    keystrokes += syllable.keystrokes;
    initials += syllable.initial;
    length += letter.length;
    if (keystrokes.startsWith(typed) || initials === typed) return length;
    if (!typed.startsWith(keystrokes) && !typed.startsWith(initials)) return 0;
  }
  return 0;
}

function syllableOf(letter: string): Syllable {
  const code = letter.codePointAt(0)!;
  if (code >= SYLLABLES.first && code <= SYLLABLES.last) {
    const offset = code - SYLLABLES.first;
    const finals = FINALS.length + 1;
    const initial = INITIALS[Math.floor(offset / (VOWELS.length * finals))]!;
    const vowel = VOWELS[Math.floor(offset / finals) % VOWELS.length]!;
    const final = FINALS[(offset % finals) - 1] ?? '';
    return { initial, keystrokes: initial + vowel + final };
  }
  for (const [first, letters] of LONE) {
    const lone = letters[code - first];
    if (lone !== undefined) return { initial: lone, keystrokes: lone };
  }
  return { initial: letter, keystrokes: letter };
}
