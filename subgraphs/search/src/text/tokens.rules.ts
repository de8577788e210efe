import { REGION_FLAG } from '@tintype/text';
import { withoutArticle } from './arabic-article.rules.ts';
import { foldText } from './fold.rules.ts';
import { keystrokesOf, typedWordsOf } from './hangul.rules.ts';

/** For folded text. Accents belong to their letters, a flag consists of two letters, and each pictograph is a word. */
const TOKEN = new RegExp(
  String.raw`[\p{L}\p{M}\p{N}]+(?:['·-][\p{L}\p{M}\p{N}]+)*|\p{Regional_Indicator}{1,2}|${REGION_FLAG}|\p{Extended_Pictographic}`,
  'gu',
);
const JOINER = /['·-]/;
const JOINERS = /['·-]/g;
/** Scripts without spaces between words, and Korean, where a word is often part of a longer one. */
const RUN =
  /(?<unspaced>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー\u3099\u309a]+)|\p{Script=Hangul}+/gu;
const ASCII = /^[ -~]*$/;
/** Where parts of a name or phrase meet, so that they may also be written together. */
const GAP = /^[\s・=]+$/;
const MAX_WORD = 60;
/** Names with more parts are only found in the order in which they are written. */
const MAX_PARTS = 3;

/** A word and its position in the folded text. `joined` is empty if it has no apostrophe, hyphen or middle dot. */
export type Token = { text: string; index: number };

/**
 * Letters of one kind. Plain letters form a word. For the others, each letter and each pair of neighbours is a word.
 */
export type Piece = { text: string; index: number; kind: 'plain' | 'hangul' | 'unspaced' };

export function tokensOf(folded: string): Token[] {
  return Array.from(folded.matchAll(TOKEN), ({ 0: text, index }) => ({ text, index }));
}

/** `l'oeuvre` as its parts, `l` and `oeuvre`. */
export function partsOf({ text, index }: Token): Token[] {
  if (!JOINER.test(text)) return [{ text, index }];
  let at = index;
  return text.split(JOINER).map((part) => {
    const token = { text: part, index: at };
    at += part.length + 1;
    return token;
  });
}

/** `l'oeuvre` as one word, `loeuvre`. */
export function joinedOf({ text }: Token): string {
  return text.replace(JOINERS, '');
}

export function piecesOf({ text, index }: Token): Piece[] {
  if (ASCII.test(text)) return [{ text, index, kind: 'plain' }];
  const pieces: Piece[] = [];
  let end = 0;
  const plain = (until: number) => {
    if (until > end) pieces.push({ text: text.slice(end, until), index: index + end, kind: 'plain' });
  };
  for (const { 0: run, index: at, groups } of text.matchAll(RUN)) {
    plain(at);
    pieces.push({ text: run, index: index + at, kind: groups?.unspaced ? 'unspaced' : 'hangul' });
    end = at + run.length;
  }
  plain(text.length);
  return pieces;
}

/**
 * The words that the index stores for a text, unordered: the written words, their parts and, for runs, everything that
 * can be searched for.
 */
export function indexWordsOf(text: string): string[] {
  const folded = foldText(text);
  const words: string[] = [];
  let before: { piece: Piece; end: number } | null = null;
  for (const token of tokensOf(folded)) {
    const parts = partsOf(token);
    if (parts.length > 1) words.push(...piecesOf({ text: joinedOf(token), index: 0 }).flatMap(indexedOf));
    const pieces = parts.flatMap(piecesOf);
    words.push(...pieces.flatMap(indexedOf));
    const first = pieces[0]!;
    if (before && GAP.test(folded.slice(before.end, token.index))) words.push(...acrossOf(before.piece, first));
    before = { piece: pieces.at(-1)!, end: token.index + token.text.length };
  }
  return words;
}

/**
 * The same for a name, whose parts may come in any order: `太郎山田` has a pair that neither `山田 太郎` has nor `山田太郎`, whose
 * first part ends at an unknown place.
 */
export function nameWordsOf(name: string): string[] {
  const parts = tokensOf(foldText(name)).map(piecesOf);
  const turned =
    parts.length > MAX_PARTS ? [] : parts.flatMap((one) => parts.flatMap((other) => acrossOf(one.at(-1)!, other[0]!)));
  return [...indexWordsOf(name), ...turned];
}

/** The letters of a whole name, in each order of its parts. */
export function wholeNamesOf(name: string): string[] {
  const parts = tokensOf(foldText(name)).map(joinedOf);
  return parts.length > MAX_PARTS ? [parts.join('')] : ordersOf(parts).map((order) => order.join(''));
}

function ordersOf(parts: readonly string[]): string[][] {
  if (parts.length <= 1) return [[...parts]];
  return parts.flatMap((part, index) => ordersOf(parts.toSpliced(index, 1)).map((rest) => [part, ...rest]));
}

function indexedOf({ text, kind }: Piece): string[] {
  if (kind === 'plain') return [...new Set([text, withoutArticle(text)])].map((word) => word.slice(0, MAX_WORD));
  const letters = [...text];
  // A whole Korean word is stored for typos.
  const whole = kind === 'hangul' ? [text.slice(0, MAX_WORD), ...typedWordsOf(text)] : [];
  return [...letters, ...pairsOf(letters), ...whole];
}

/**
 * What the index must have for the unfinished last word of a query: some words, and one that begins with the prefix.
 */
export type Start = { terms: string[]; prefix: string };

/** Null if the piece is found whatever follows it. */
export function startOf({ text, kind }: Piece): Start | null {
  if (kind === 'plain') return { terms: [], prefix: text.slice(0, MAX_WORD) };
  if (kind === 'unspaced') return null;
  // The last syllable may become another one, or give a consonant to the next. Those before it stay.
  const letters = [...text];
  const before = letters.slice(0, -1);
  if (isInitials(text)) return { terms: [], prefix: keystrokesOf(text) };
  return { terms: before.length > 1 ? pairsOf(before) : before, prefix: keystrokesOf(letters.slice(-2).join('')) };
}

/** What the index must have for a piece of the query. */
export function termsOf({ text, kind }: Piece): string[] {
  if (kind === 'plain') return [text.slice(0, MAX_WORD)];
  const letters = [...text];
  return letters.length === 1 ? letters : pairsOf(letters);
}

/** Initial consonants alone, as people type them for a whole word: `ㅎㄱ` for 한국. */
function isInitials(text: string): boolean {
  return /^[\u1100-\u1112]+$/.test(text);
}

function pairsOf(letters: readonly string[]): string[] {
  return letters.slice(1).map((letter, index) => letters[index]! + letter);
}

/** The pair where two pieces meet, and what is typed from there. */
function acrossOf(one: Piece, other: Piece): string[] {
  if (one.kind === 'plain' || other.kind === 'plain') return [];
  const last = [...one.text].at(-1)!;
  const pair = last + [...other.text][0]!;
  return one.kind === 'hangul' && other.kind === 'hangul' ? [pair, keystrokesOf(last + other.text)] : [pair];
}

/** The typo budget: how many letters a word must have for one or two of them to be wrong. */
export const TYPO_LENGTHS = { one: 4, two: 8 } as const;

/** How many letters of a word may be wrong. */
export function allowedEdits(word: string): 0 | 1 | 2 {
  const length = [...word].length;
  return length >= TYPO_LENGTHS.two ? 2 : length >= TYPO_LENGTHS.one ? 1 : 0;
}
