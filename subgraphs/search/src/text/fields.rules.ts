import type { HashtagDocument, PostDocument, UserDocument } from '#search-index/documents.ts';
import { foldText } from './fold.rules.ts';
import { indexWordsOf, nameWordsOf, wholeNamesOf } from './tokens.rules.ts';

/** What the drivers index of a document: folded, so that they compare letters and nothing else. */
export type IndexedFields = {
  /** The username in small letters, with its dots and underscores, or the hashtag's key folded; empty for posts. */
  handle: string;
  /** The handle without anything but letters and digits; empty for posts. */
  key: string;
  /** The letters of a person's whole display name, in each order of its parts. */
  names: string[];
  /** Each once. Of users those of the username and the display name, and the key; of hashtags the key; of posts the caption's. */
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
  // A tag may end where no word of the caption does, such as before an emoji's invisible parts.
  const ofTags = hashtags.flatMap((tag) => [nameKeyOf(tag), ...indexWordsOf(tag)]);
  return { handle: '', key: '', names: [], words: unique([...indexWordsOf(caption), ...ofTags]) };
}

function unique(words: string[]): string[] {
  return [...new Set(words)].filter((word) => word !== '');
}
