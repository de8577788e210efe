import { withoutArticle } from './arabic-article.rules.ts';
import { editDistance } from './edit-distance.rules.ts';
import { nameKeyOf } from './fields.rules.ts';
import { foldWithOffsets } from './folded-text.rules.ts';
import { typedLength } from './hangul.rules.ts';
import { alternativesOf, type ParsedQuery, type QueryWord } from './query.rules.ts';
import { joinedOf, type Piece, partsOf, piecesOf, type Start, type Token, tokensOf } from './tokens.rules.ts';

/** UTF-16 code units. */
export type Range = { start: number; end: number };

const graphemes = new Intl.Segmenter();
const ASCII = /^[\t\n\r\x20-~]*$/;

/**
 * The ranges of a text that match a query: words and prefixes, in any case and with any accents, or whole words with
 * typos. They are the words of the index, so that search and highlights agree. Ranges begin and end between graphemes,
 * so an emoji of several people, or a letter with its vowel signs, stays whole.
 *
 * @param options.isHandle whether the text is a username or hashtag, in which a match may span dots and underscores
 */
export function highlight(text: string, query: ParsedQuery, options: { isHandle?: boolean } = {}): Range[] {
  if (options.isHandle && query.key !== '' && nameKeyOf(text).startsWith(query.key)) {
    return wholeGraphemes(text, [{ start: 0, end: foldWithOffsets(text, nameKeyOf).endOf(query.key.length - 1) }]);
  }
  const folded = foldWithOffsets(text);
  const asked = alternativesOf(query).flat();
  const found = tokensOf(folded.text).flatMap((token) => rangesIn(token, asked));
  const ranges = found.map(({ start, end }) => ({ start: folded.startOf(start), end: folded.endOf(end - 1) }));
  return wholeGraphemes(text, merge(ranges));
}

/** Looks each grapheme up once, however many ranges it has: an emoji may be as long as a caption. */
function wholeGraphemes(text: string, ranges: Range[]): Range[] {
  if (ranges.length === 0 || ASCII.test(text)) return ranges;
  const segments = graphemes.segment(text);
  let known = { start: 0, end: 0 };
  const graphemeAt = (at: number): Range => {
    if (at < known.start || at >= known.end) {
      const { index, segment } = segments.containing(at)!;
      known = { start: index, end: index + segment.length };
    }
    return known;
  };
  return merge(ranges.map(({ start, end }) => ({ start: graphemeAt(start).start, end: graphemeAt(end - 1).end })));
}

/** Ranges in the folded text, as below. Exact matches come before matches with typos. */
function rangesIn(token: Token, asked: readonly QueryWord[]): Range[] {
  for (const rangesOf of [fitting, mistyped]) {
    const inPieces = (pieces: readonly Piece[]) =>
      pieces.flatMap((piece) => asked.flatMap((word) => rangesOf(piece, word)));
    const parts = partsOf(token);
    const found = inPieces(parts.flatMap(piecesOf));
    if (parts.length > 1) {
      const indexes = parts.flatMap(({ text, index }) => Array.from({ length: text.length }, (_, at) => index + at));
      const joined = inPieces(piecesOf({ text: joinedOf(token), index: 0 }));
      found.push(...joined.map(({ start, end }) => ({ start: indexes[start]!, end: indexes[end - 1]! + 1 })));
    }
    if (found.length > 0) return found;
  }
  return [];
}

function fitting({ text, index, kind }: Piece, { word, terms, isPrefix, start }: QueryWord): Range[] {
  if (kind !== 'plain') {
    const found = terms.flatMap((term) => occurrences(text, term, index));
    return kind === 'unspaced' || start === null ? found : [...found, ...typedIn(text, start, index)];
  }
  for (const own of [text, withoutArticle(text)]) {
    const from = index + text.length - own.length;
    if (own === word || (isPrefix && own.startsWith(word))) return [{ start: from, end: from + word.length }];
  }
  return [];
}

/** What an unfinished Korean word fits. The syllables before its last two are found by their pairs. */
function typedIn(text: string, { terms, prefix }: Start, index: number): Range[] {
  const found: Range[] = [];
  for (let at = 0; at < text.length; at++) {
    const length = typedLength(text.slice(at, at + prefix.length), prefix);
    if (length > 0) found.push({ start: index + at, end: index + at + length });
  }
  return found.length === 0 ? [] : [...found, ...terms.flatMap((term) => occurrences(text, term, index))];
}

function mistyped({ text, index, kind }: Piece, { word, edits, isPrefix }: QueryWord): Range[] {
  if (edits === 0 || kind === 'unspaced') return [];
  const own = [text, withoutArticle(text)].find((one) => editDistance(word, one, edits, isPrefix) <= edits);
  return own === undefined ? [] : [{ start: index + text.length - own.length, end: index + text.length }];
}

function occurrences(text: string, term: string, index: number): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    found.push({ start: index + at, end: index + at + term.length });
  }
  return found;
}

function merge(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged;
}
