import type { HashtagDocument, PostDocument, UserDocument } from '#search-index/documents.ts';
import { foldText } from './fold.rules.ts';
import { indexWordsOf, nameWordsOf, wholeNamesOf } from './tokens.rules.ts';

/** The fields of a document that drivers index. They are folded, so drivers only compare letters. */
export type IndexedFields = {
  /** The username in lower case with its dots and underscores, or the folded key of a hashtag. Empty for posts. */
  handle: string;
  /** The handle with letters and digits only. Empty for posts. */
  key: string;
  /** The letters of a person's whole display name, in each order of its parts. */
  names: string[];
  /** Words without duplicates: of the username and display name, of a hashtag's key, or of a caption. */
  words: string[];
};

export function handleOf(text: string): string {
  return foldText(text).replace(/\s+/g, '');
}

export function nameKeyOf(text: string): string {
  return foldText(text).replace(
    /[^\p{L}\p{M}\p{N}\p{Regional_Indicator}\p{Extended_Pictographic}\u{e0030}-\u{e007f}]+/gu,
    '',
  );
}

export function userFields({ username, displayName }: Pick<UserDocument, 'username' | 'displayName'>): IndexedFields {
  const key = nameKeyOf(username);
  return {
    handle: handleOf(username),
    key,
    names: unique(wholeNamesOf(displayName)),
    words: unique([key, ...indexWordsOf(username), ...nameWordsOf(displayName)]),
  };
}

export function hashtagFields({ id }: Pick<HashtagDocument, 'id'>): IndexedFields {
  const key = nameKeyOf(id);
  return { handle: handleOf(id), key, names: [], words: unique([key, ...indexWordsOf(id)]) };
}

export function postFields({ caption, hashtags }: Pick<PostDocument, 'caption' | 'hashtags'>): IndexedFields {
  // A hashtag may end within a word of the caption, for example before the invisible parts of an emoji.
  const ofTags = hashtags.flatMap((tag) => [nameKeyOf(tag), ...indexWordsOf(tag)]);
  return { handle: '', key: '', names: [], words: unique([...indexWordsOf(caption), ...ofTags]) };
}

function unique(words: string[]): string[] {
  return [...new Set(words)].filter((word) => word !== '');
}
