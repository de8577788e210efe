/** The letters that Koreans type outside syllables, by the conjoining letters that NFKC makes of them. */
const LONE = new Map<string, string>();
for (let code = 0x3131; code <= 0x318e; code += 1) {
  const letter = String.fromCharCode(code);
  if (!/\p{Default_Ignorable_Code_Point}/u.test(letter)) LONE.set(letter.normalize('NFKC'), letter);
}
/** A syllable that has no code point of its own, or a letter outside syllables. */
const SYLLABLE_OR_LONE =
  /[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*|[\u1100-\u11ff]/g;

/**
 * The text with the letters that people type outside syllables, as in ㅋㅋ, where NFKC replaced them by those of which
 * syllables consist. NFKC of the result is `text` again.
 *
 * @param text in NFKC
 */
export function withLoneJamo(text: string): string {
  return text.replace(SYLLABLE_OR_LONE, (letters) => LONE.get(letters) ?? letters);
}
