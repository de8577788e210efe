/** A post in a timeline. Newer first: by time of publication in milliseconds, then by id. */
export type Entry = { postId: bigint; publishedMs: bigint };

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
