import { type Entry, type EntryKey, POST_ID_DIGITS, type Pull } from './timeline.model.ts';

/**
 * The timeline of somebody who does not read for this long expires. Nothing is pushed to it, and the next read rebuilds
 * it.
 */
export const ACTIVE_S = 14 * 24 * 3600;
/** An unfinished timeline expires after this time. */
export const BUILDING_S = 60;

/**
 * The home timeline of a reader: post ids by time, the celebrities and hashtags that the reader follows, and a marker.
 */
export function homeKey(readerId: bigint): string {
  return `feed:home:v1:{${readerId}}`;
}

/** Prefix of an author's id. The read function builds the keys of celebrities with it. */
export const AUTHOR_PREFIX = 'feed:author:v1:';

/** Timeline of a celebrity's own posts. */
export function authorKey(authorId: bigint): string {
  return `${AUTHOR_PREFIX}{${authorId}}`;
}

/** Prefix of a hashtag's key, as above. */
export const HASHTAG_PREFIX = 'feed:hashtag:v2:';

/** Timeline of a hashtag. */
export function hashtagTimelineKey(key: string): string {
  return `${HASHTAG_PREFIX}{${key}}`;
}

/**
 * A member of the sorted set. The id is zero-padded, so that entries with the same time are sorted by id. A share also
 * contains the id of its post, which saves a lookup.
 */
export function memberOf({ postId, sharedPostId, by }: EntryKey): string {
  const member = String(postId).padStart(POST_ID_DIGITS, '0');
  if (by !== undefined) return `${member}#${by}`;
  return sharedPostId == null ? member : `${member}:${sharedPostId}`;
}

/**
 * The entry of a member. The read function also appends the key of the hashtag to the author of an entry of a hashtag's
 * timeline.
 */
export function entryOfMember(member: string): EntryKey & Pick<Entry, 'hashtag'> {
  const [post, by, hashtag] = member.split('#') as [string, string | undefined, string | undefined];
  const [postId, sharedPostId] = post.split(':') as [string, string | undefined];
  if (sharedPostId !== undefined) return { postId: BigInt(postId), sharedPostId: BigInt(sharedPostId) };
  if (by === undefined) return { postId: BigInt(postId) };
  return { postId: BigInt(postId), by: BigInt(by), ...(hashtag === undefined ? {} : { hashtag }) };
}

/** Prefix of the id of a celebrity whom the reader follows. */
export const PULL_PREFIX = 'pull:';
/** Prefix of the key of a hashtag that the reader follows. */
export const TAG_PREFIX = 'tag:';

export function memberOfPull(pull: Pull): string {
  return 'author' in pull ? `${PULL_PREFIX}${pull.author}` : `${TAG_PREFIX}${pull.hashtag}`;
}

export function pullOfMember(member: string): Pull {
  if (member.startsWith(TAG_PREFIX)) return { hashtag: member.slice(TAG_PREFIX.length) };
  return { author: BigInt(member.slice(PULL_PREFIX.length)) };
}
