/** Limits of the public API. Lengths are in code points, after normalisation. */
export const MAX_CAPTION = 2200;
export const MAX_ALT_TEXT = 1000;
export const MAX_HASHTAGS = 30;
export const MAX_MENTIONS = 20;
/** Photos of a post, and files of one `createUpload`. */
export const MAX_MEDIA = 20;
export const MAX_BYTES = 50 * 1024 * 1024;
