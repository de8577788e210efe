export { type Account, findAccounts, findMentioned } from './accounts.ts';
export { type BannedWords, createBannedWords, type HasBannedWord, type TextPolicy } from './banned-words.ts';
export { findFollowedLast } from './followed-last.ts';
export { findPostCounts, NO_COUNTS, type PostCounts } from './post-counts.ts';
export { findRelations, relationLoaderOf } from './relations.loader.ts';
export { createVisiblePostLoader, type VisiblePost } from './visible-posts.loader.ts';
