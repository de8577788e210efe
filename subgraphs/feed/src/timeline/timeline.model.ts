/** A post in a timeline. Newer first: by time of publication in milliseconds, then by id. */
export type Entry = { postId: bigint; publishedMs: bigint };

/** How posts of an author reach followers; PROMOTING is both, while the author becomes a celebrity. */
export type Delivery = 'PUSHED' | 'PROMOTING' | 'PULLED';

/** What a home feed shows at most. */
export const FEED_LENGTH = 1000;
/** What a timeline is cut to: with some more than is shown, so that deletions do not make it short at once. */
export const KEPT = 1100;
/** It is cut when it has grown to this: cutting at every insert would cost more than the inserts. */
export const CUT_AT = 1300;

export const POST_ID_DIGITS = 19;
