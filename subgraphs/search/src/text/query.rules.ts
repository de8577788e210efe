import type { CollectionName } from '#search-index/documents.ts';
import { withoutArticle } from './arabic-article.rules.ts';
import { handleOf, nameKeyOf } from './fields.rules.ts';
import { foldText } from './fold.rules.ts';
import {
  allowedEdits,
  joinedOf,
  type Piece,
  partsOf,
  piecesOf,
  type Start,
  startOf,
  termsOf,
  tokensOf,
} from './tokens.rules.ts';

/** The most letters of a query that are read. Longer queries are refused before. */
export const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 12;

/** A typed word, folded. */
export type QueryWord = {
  word: string;
  /** The words of the index that must all be present, at most 12: the word itself, or the letter pairs of a run. */
  terms: string[];
  /** How many letters may be wrong. */
  edits: 0 | 1 | 2;
  /** Whether letters may follow it. */
  isPrefix: boolean;
  /** How it is found if it is unfinished. Null if it is not the last word, or is found by its terms in any case. */
  start: Start | null;
};

/** A parsed query. */
export type ParsedQuery = {
  /** The kind of results that a leading sign selects: `@` for people, `#` for hashtags. Null without one. */
  only: Extract<CollectionName, 'users' | 'hashtags'> | null;
  /** Like `IndexedFields.handle` and `key`, for the whole text. */
  handle: string;
  key: string;
  /** Words without duplicates, at most 12. If there are none, the result is empty. */
  words: QueryWord[];
  /** The same with apostrophes and hyphens inside words removed, which matches as well. Null if that is the same. */
  joined: QueryWord[] | null;
  /** The same without Arabic articles, which matches as well. Null if that is the same. */
  bare: QueryWord[] | null;
  /** Whether the last word may be a prefix. Not if a space follows it. */
  lastIsPrefix: boolean;
};

export function parseQuery(text: string): ParsedQuery {
  const folded = foldText(text);
  const sign = /^\s*([@#])/.exec(folded)?.[1];
  const bare = folded.replace(/^\s*[@#]+/, '');
  const tokens = tokensOf(bare);
  const lastIsPrefix = !/\s$/.test(bare);
  const parts = tokens.flatMap(partsOf);
  const pieces = parts.flatMap(piecesOf);
  const withoutArticles = pieces.map(bareOf);
  const asked = (pieces: readonly Piece[]) => askedOf(pieces, lastIsPrefix);
  return {
    only: sign === '@' ? 'users' : sign === '#' ? 'hashtags' : null,
    handle: handleOf(bare),
    key: nameKeyOf(bare),
    words: asked(pieces),
    joined:
      parts.length === tokens.length
        ? null
        : asked(tokens.flatMap((token) => piecesOf({ text: joinedOf(token), index: token.index }))),
    bare: withoutArticles.every(({ text }, index) => text === pieces[index]!.text) ? null : asked(withoutArticles),
    lastIsPrefix,
  };
}

function bareOf(piece: Piece): Piece {
  return piece.kind === 'plain' ? { ...piece, text: withoutArticle(piece.text) } : piece;
}

/** The ways in which a document can have everything that was typed. */
export function alternativesOf({ words, joined, bare }: ParsedQuery): QueryWord[][] {
  return [words, joined, bare].filter((way) => way !== null);
}

function askedOf(pieces: readonly Piece[], lastIsPrefix: boolean): QueryWord[] {
  const unique = [...new Map(pieces.map((piece) => [piece.text, piece])).values()].slice(0, MAX_WORDS);
  return unique.map((piece, index) => {
    const isLast = index === unique.length - 1;
    const terms = termsOf(piece);
    const word = piece.kind === 'plain' ? terms[0]! : piece.text;
    const mayFollow = lastIsPrefix && isLast;
    return {
      word,
      terms: [...new Set(terms)].slice(0, MAX_WORDS),
      edits: piece.kind === 'unspaced' ? 0 : allowedEdits(word),
      isPrefix: mayFollow && piece.kind === 'plain',
      start: mayFollow ? startOf(piece) : null,
    };
  });
}
