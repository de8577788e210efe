import type { CollectionName } from '#search-index/documents.ts';
import { handleOf, nameKeyOf } from './fields.rules.ts';
import { foldText } from './fold.rules.ts';
import { allowedEdits, joinedOf, type Piece, partsOf, piecesOf, termsOf, tokensOf } from './tokens.rules.ts';

/** Letters of a query that are looked at: longer ones are refused before. */
export const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 12;

/** A word that was typed, folded. */
export type QueryWord = {
  word: string;
  /** Words of the index that must all be there: itself, or of a run its pairs of letters, at most 12. */
  terms: string[];
  /** How many letters may be wrong. */
  edits: 0 | 1 | 2;
  /** Whether it may be the beginning of a word. */
  isPrefix: boolean;
};

/** What someone typed, as it is asked for. */
export type ParsedQuery = {
  /** What a leading sign restricts it to: `@` people, `#` hashtags; null without one. */
  only: Extract<CollectionName, 'users' | 'hashtags'> | null;
  /** As `IndexedFields.handle` and `key`: of the whole text. */
  handle: string;
  key: string;
  /** Each once, at most 12; empty where there is nothing to look for, and then so is the result. */
  words: QueryWord[];
  /** The same where what apostrophes and hyphens hold together is one word: fits as well. Null where that is the same. */
  joined: QueryWord[] | null;
  /** Whether the text may go on where it ends: not where a space follows the last word. */
  lastIsPrefix: boolean;
};

export function parseQuery(text: string): ParsedQuery {
  const folded = foldText(text);
  const sign = /^\s*([@#])/.exec(folded)?.[1];
  const bare = folded.replace(/^\s*[@#]+/, '');
  const tokens = tokensOf(bare);
  const lastIsPrefix = !/\s$/.test(bare);
  const parts = tokens.flatMap(partsOf);
  const asked = (pieces: readonly Piece[]) => askedOf(pieces, lastIsPrefix);
  return {
    only: sign === '@' ? 'users' : sign === '#' ? 'hashtags' : null,
    handle: handleOf(bare),
    key: nameKeyOf(bare),
    words: asked(parts.flatMap(piecesOf)),
    joined:
      parts.length === tokens.length
        ? null
        : asked(tokens.flatMap((token) => piecesOf({ text: joinedOf(token), index: token.index }))),
    lastIsPrefix,
  };
}

/** The ways in which a document may have all that was typed. */
export function alternativesOf({ words, joined }: ParsedQuery): QueryWord[][] {
  return joined === null ? [words] : [words, joined];
}

function askedOf(pieces: readonly Piece[], lastIsPrefix: boolean): QueryWord[] {
  const unique = [...new Map(pieces.map((piece) => [piece.text, piece])).values()].slice(0, MAX_WORDS);
  return unique.map((piece, index) => {
    const isLast = index === unique.length - 1;
    const terms = termsOf(piece);
    const word = piece.kind === 'plain' ? terms[0]! : piece.text;
    return {
      word,
      terms: [...new Set(terms)].slice(0, MAX_WORDS),
      edits: piece.kind === 'unspaced' ? 0 : allowedEdits(word),
      // A run may go on by itself: whatever follows its letters, they are there.
      isPrefix: lastIsPrefix && isLast && piece.kind === 'plain',
    };
  });
}
