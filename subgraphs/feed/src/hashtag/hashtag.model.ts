/** Parent of what the feed adds to `Hashtag`. */
export type HashtagModel = { key: string };
