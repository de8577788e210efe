/** Limits of posts and uploads. Those of captions are `TEXT_LIMITS` of @tintype/text. */
/** In code points, after normalisation. */
export const MAX_ALT_TEXT = 1000;
/** Photos of a post, and files of one `createUpload`. */
export const MAX_MEDIA = 20;
/** Posts that an author can pin to their profile. */
export const MAX_PINNED = 3;
export const MAX_BYTES = 50 * 1024 * 1024;
