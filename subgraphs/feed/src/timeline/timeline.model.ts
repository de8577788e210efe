/**
 * An entry of a timeline: a post, or a share with its own id and the id of the shared post. `by` is the author. It is
 * set only in timelines of hashtags, because their readers need not be allowed to see the post.
 */
export type EntryKey = { postId: bigint; sharedPostId?: bigint | null; by?: bigint };

/**
 * An entry with its position: newest first by publication time in milliseconds, then by id. `hashtag` is the key of the
 * hashtag if the post is in a home feed only because of it.
 */
export type Entry = EntryKey & { publishedMs: bigint; hashtag?: string };

/** A timeline that is merged into the reader's timeline on each read: of a celebrity or of a hashtag. */
export type Pull = { author: bigint } | { hashtag: string };

export function idsOf(entries: readonly EntryKey[]): bigint[] {
  return entries.map((entry) => entry.postId);
}

/** Merges two lists that are sorted newest first. If a post is in both, the entry of the first list is kept. */
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

/**
 * How posts of an author reach followers. PUSHED: they are added to each follower's timeline. PULLED: the author is a
 * celebrity, and their timeline is merged in on each read. PROMOTING: both, while the author becomes a celebrity.
 */
export type FanOutMode = 'PUSHED' | 'PROMOTING' | 'PULLED';

export type TimelineLengths = {
  /** The maximum number of entries that a home feed shows. */
  shown: number;
  /**
   * The length to which a timeline is cut. It is longer than `shown`, so that a few deletions do not make it too short.
   */
  kept: number;
  /**
   * A timeline is cut when it becomes longer than this, because cutting it on every insert would cost more than the
   * inserts.
   */
  cutAt: number;
};

export const LENGTHS: TimelineLengths = { shown: 1000, kept: 1100, cutAt: 1300 };

export const POST_ID_DIGITS = 19;
