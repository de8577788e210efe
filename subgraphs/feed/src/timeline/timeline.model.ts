/**
 * What is in a timeline: a post, or the share of one, which has an id of its own and names the post. In timelines of hashtags, where
 * whoever reads need not be someone who may see it, with its author.
 */
export type EntryKey = { postId: bigint; sharedPostId?: bigint | null; by?: bigint };

/**
 * An entry with its place. Newer first: by time of publication in milliseconds, then by id. `hashtag`: key of the hashtag that brought
 * it into a home feed, where nothing else did.
 */
export type Entry = EntryKey & { publishedMs: bigint; hashtag?: string };

/** A timeline that is merged into a reader's when it is read: of a celebrity, or of a hashtag. */
export type Pull = { author: bigint } | { hashtag: string };

export function idsOf(entries: readonly EntryKey[]): bigint[] {
  return entries.map((entry) => entry.postId);
}

/** Two lists, both newest first, as one; a post that is in both is there as in the first. */
export function mergeNewest(first: readonly Entry[], second: readonly Entry[]): Entry[] {
  const merged: Entry[] = [];
  let at = 0;
  const isNewer = (one: Entry, other: Entry) =>
    one.publishedMs > other.publishedMs || (one.publishedMs === other.publishedMs && one.postId > other.postId);
  for (const entry of second) {
    while (at < first.length && isNewer(first[at]!, entry)) merged.push(first[at++]!);
    if (first[at]?.postId !== entry.postId) merged.push(entry);
  }
  return [...merged, ...first.slice(at)];
}

/** How posts of an author reach followers; PROMOTING is both, while the author becomes a celebrity. */
export type Delivery = 'PUSHED' | 'PROMOTING' | 'PULLED';

export type TimelineLengths = {
  /** What a home feed shows at most. */
  shown: number;
  /** What a timeline is cut to: with some more than is shown, so that a few deletions do not make it too short. */
  kept: number;
  /** It is cut when it has grown beyond this: cutting at every insert would cost more than the inserts. */
  cutAt: number;
};

export const LENGTHS: TimelineLengths = { shown: 1000, kept: 1100, cutAt: 1300 };

export const POST_ID_DIGITS = 19;
