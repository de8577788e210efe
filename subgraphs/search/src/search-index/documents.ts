import type { Rank } from '#text/rank.rules.ts';

/** What can be searched. Each collection is built, swapped and searched on its own. */
export const COLLECTIONS = ['users', 'hashtags', 'posts'] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

/** Ids are decimal strings. Of all documents, `popularity` grows with how much people want to find it; ties end by it. */
export type UserDocument = {
  id: string;
  username: string;
  displayName: string;
  isPrivate: boolean;
  popularity: number;
};

export type HashtagDocument = {
  /** The key, as `hashtagKey` of @tintype/text makes it, without #. */
  id: string;
  postCount: number;
  popularity: number;
};

export type PostDocument = {
  id: string;
  authorId: string;
  caption: string;
  /** Keys. */
  hashtags: string[];
  /** Whether the author is. */
  isPrivate: boolean;
  /** Milliseconds since the Unix epoch. */
  publishedMs: number;
  popularity: number;
};

export type Documents = { users: UserDocument; hashtags: HashtagDocument; posts: PostDocument };

/** A document that a search found, and how well it fits. */
export type RankedDocument<Name extends CollectionName> = { document: Documents[Name]; rank: Rank };

/** What a search found, the best first; nothing of collections that were not asked. */
export type FoundDocuments = { [Name in CollectionName]: RankedDocument<Name>[] };

/** Whom to hide a document with, `0` for nobody, and whether it is for those alone who may see what is private of theirs. */
export type Ownership = { owner: string; restricted: boolean };

const OWNERSHIP: { [Name in CollectionName]: (document: Documents[Name]) => Ownership } = {
  users: ({ id }) => ({ owner: id, restricted: false }),
  hashtags: () => ({ owner: '0', restricted: false }),
  posts: ({ authorId, isPrivate }) => ({ owner: authorId, restricted: isPrivate }),
};

export function ownerOf<Name extends CollectionName>(collection: Name, document: Documents[Name]): Ownership {
  return OWNERSHIP[collection](document);
}
