import type { Rank } from '#text/rank.rules.ts';

/** What can be searched. Each collection is built, swapped and searched on its own. */
export const COLLECTIONS = ['users', 'hashtags', 'posts'] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

/** Ids are decimal strings. `popularity` orders documents that match equally well. */
export type UserDocument = {
  id: string;
  username: string;
  displayName: string;
  isPrivate: boolean;
  popularity: number;
};

export type HashtagDocument = {
  /** The key from `hashtagKey` of @tintype/text, without #. */
  id: string;
  postCount: number;
  popularity: number;
};

export type PostDocument = {
  id: string;
  authorId: string;
  caption: string;
  /** Keys of hashtags. */
  hashtags: string[];
  /** Whether the author's account is private. */
  isPrivate: boolean;
  /** Milliseconds since the Unix epoch. */
  publishedMs: number;
  popularity: number;
};

export type Documents = { users: UserDocument; hashtags: HashtagDocument; posts: PostDocument };

/** A document that a search found, and how well it matches. */
export type RankedDocument<Name extends CollectionName> = { document: Documents[Name]; rank: Rank };

/** The results of a search, best first. Collections that were not searched are empty. */
export type FoundDocuments = { [Name in CollectionName]: RankedDocument<Name>[] };

/**
 * The person from whom a document is hidden (`0` for nobody), and whether only people who may see their private data
 * find it.
 */
export type Ownership = { owner: string; restricted: boolean };

const OWNERSHIP: { [Name in CollectionName]: (document: Documents[Name]) => Ownership } = {
  users: ({ id }) => ({ owner: id, restricted: false }),
  hashtags: () => ({ owner: '0', restricted: false }),
  posts: ({ authorId, isPrivate }) => ({ owner: authorId, restricted: isPrivate }),
};

export function ownerOf<Name extends CollectionName>(collection: Name, document: Documents[Name]): Ownership {
  return OWNERSHIP[collection](document);
}
