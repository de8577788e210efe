/** The parent value of `Hashtag`. The key is valid; there may be no post with it. */
export type HashtagModel = {
  key: string;
  /** True if the viewer is known to see a post with this hashtag. */
  isVisible?: boolean;
  /** As it is written in the caption in question. It is the name until a post with the hashtag is published. */
  writtenAs?: string;
};

/** A hashtag that is used together with another one, and recent authors who used both in a post. */
export type RelatedHashtag = { otherKey: string; authorIds: bigint[] };

/** Name and post count of a hashtag that posts have or had. */
export type HashtagSummary = {
  key: string;
  /** As it was first written, without #. */
  name: string;
  /** How many published posts have it. */
  postCount: number;
};

/** The lists of a hashtag: newest first, and highest score first. */
export type HashtagOrder = 'recent' | 'top';

/** A post in a list of a hashtag. The list is sorted by `sortKey` and then by id. */
export type ListedPost = { id: bigint; authorId: bigint; sortKey: bigint };
