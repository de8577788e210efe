/** A hashtag. The feed adds fields to the `Hashtag` type of another subgraph. */
export type HashtagModel = { key: string };
