import type { HashtagDocument, PostDocument, UserDocument } from '#index-store/documents.ts';
import { foldText } from './fold.rules.ts';
import { wordsOf } from './words.rules.ts';

/** What the drivers index of a document: folded, so that they compare letters and nothing else. */
export type IndexedFields = {
  /** The username in small letters, with its dots and underscores, or the hashtag's key folded; empty for posts. */
  handle: string;
  /** The handle without anything but letters and digits; empty for posts. */
  key: string;
  /** Each once. Of users those of the username and the display name, and the key; of hashtags the key; of posts the caption's. */
  words: string[];
};

export function handleOf(text: string): string {
  return foldText(text).replace(/\s+/g, '');
}

export function keyOf(text: string): string {
  return foldText(text).replace(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]+/gu, '');
}

/** Of a username or a hashtag's key. */
export function handleFields(text: string): Pick<IndexedFields, 'handle' | 'key'> {
  return { handle: handleOf(text), key: keyOf(text) };
}

export function userFields({ username, displayName }: Pick<UserDocument, 'username' | 'displayName'>): IndexedFields {
  const { handle, key } = handleFields(username);
  return { handle, key, words: unique([key, ...wordsOf(username), ...wordsOf(displayName)]) };
}

export function hashtagFields({ id }: Pick<HashtagDocument, 'id'>): IndexedFields {
  const { handle, key } = handleFields(id);
  return { handle, key, words: unique([key, ...wordsOf(id)]) };
}

export function postFields({ caption, hashtags }: Pick<PostDocument, 'caption' | 'hashtags'>): IndexedFields {
  return { handle: '', key: '', words: unique([...wordsOf(caption), ...hashtags.map(keyOf)]) };
}

function unique(words: string[]): string[] {
  return [...new Set(words)].filter((word) => word !== '');
}
