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

/** What a search found, the best first; nothing of collections that were not asked. */
export type FoundDocuments = { [Name in CollectionName]: Documents[Name][] };
