/** What is in a timeline: a post, or the share of one, which has an id of its own and names the post. */
export type EntryKey = { postId: bigint; sharedPostId?: bigint | null };

/** An entry with its place. Newer first: by time of publication in milliseconds, then by id. */
export type Entry = EntryKey & { publishedMs: bigint };

export function idsOf(entries: readonly EntryKey[]): bigint[] {
  return entries.map((entry) => entry.postId);
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
