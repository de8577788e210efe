/** Parent of `Hashtag`: a key that is one, whether posts have it or not. */
export type HashtagModel = {
  key: string;
  /** Set where the viewer sees a post that has it. */
  isShown?: boolean;
  /** As the caption has it that names it: its name until a post with it is published. */
  written?: string;
};

/** A hashtag that stands beside another one, and who posted with both lately. */
export type RelatedHashtag = { other: string; authorIds: bigint[] };

/** What is known of a hashtag that posts have or had. */
export type HashtagFacts = {
  key: string;
  /** As it was first written, without #. */
  name: string;
  /** How many published posts have it. */
  postCount: number;
};

/** A post in a list of a hashtag; `place` is in the list's own order, the id last. */
export type ListedPost = { id: bigint; authorId: bigint; place: bigint };
