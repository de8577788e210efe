import { PASSWORD_LENGTH } from '../limits.ts';

/** An attacker who has the hashes tries 10^8 guesses (score 3 of zxcvbn) within an hour. */
export const MIN_GUESSES_LOG10 = 8;

/** Shorter words say nothing about a person, and many good passphrases contain them. */
const SHORTEST_WORD = 4;

/** Letters and signs that people use in place of each other. */
const LOOK_ALIKES: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '3': 'e',
  '€': 'e',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  l: 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
};

/** Words that a password must not consist of. */
export type PersonalData = { username: string; email: string; displayName: string };

type Folded = { letters: string[]; indexes: number[] };

/** The form of the password that is hashed, the same for every way of typing it. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

export function hasPasswordForm(password: string): boolean {
  const signs = [...normalisePassword(password)];
  return (
    signs.length >= PASSWORD_LENGTH.min && signs.length <= PASSWORD_LENGTH.max && new Set(signs).size >= MIN_DISTINCT
  );
}
const MIN_DISTINCT = 4;

/** Names and addresses, whole and in parts. */
export function personalWords({ username, email, displayName }: PersonalData): string[] {
  const domain = email.slice(email.lastIndexOf('@') + 1).replace(/\.[^.]*$/, '');
  const whole = [username, email, email.slice(0, email.lastIndexOf('@')), domain, displayName];
  const words = [...whole, ...whole.flatMap((text) => text.split(/[^\p{L}\p{M}\p{N}]+/u))];
  return [...new Set(words.map((word) => word.normalize('NFKC').toLowerCase()))].filter((word) => word !== '');
}

/**
 * What remains of a password without known words about its owner: names and addresses, forwards and backwards, in any
 * case, with signs in place of letters or between them. The rest must be hard to guess by itself.
 */
export function withoutPersonal(password: string, words: readonly string[]): string {
  const signs = [...normalisePassword(password)];
  const { letters, indexes } = fold(signs);
  const text = letters.join('');
  const known = words.map((word) => fold([...word]).letters).filter((word) => word.length >= SHORTEST_WORD);
  const taken = new Set<number>();
  for (const word of known) {
    for (const form of [word.join(''), word.toReversed().join('')]) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        for (let index = indexes[at]!; index <= indexes[at + form.length - 1]!; index++) taken.add(index);
      }
    }
  }
  return signs.filter((_, index) => !taken.has(index)).join('');
}

/** Letters and digits without case, accents and look-alikes, each as one UTF-16 unit with the index of its sign. */
function fold(signs: readonly string[]): Folded {
  const folded: Folded = { letters: [], indexes: [] };
  for (const [index, sign] of signs.entries()) {
    const plain = sign.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
    const letter = [...(LOOK_ALIKES[plain] ?? plain)].filter((one) => /[\p{L}\p{N}]/u.test(one)).join('');
    for (const unit of letter.split('')) {
      folded.letters.push(unit);
      folded.indexes.push(index);
    }
  }
  return folded;
}
