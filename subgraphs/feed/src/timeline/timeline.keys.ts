import { type Entry, type EntryKey, POST_ID_DIGITS, type Pull } from './timeline.model.ts';

/** Timelines of who does not read for this long are dropped and rebuilt at the next read; nothing is pushed to them. */
export const ACTIVE_S = 14 * 24 * 3600;
/** A timeline that is being built, and was not finished, is gone after this long. */
export const BUILDING_S = 60;

/** Home timeline of a reader: post ids by time, the celebrities whom the reader follows, and the marker. */
export function homeKey(readerId: bigint): string {
  return `feed:home:v1:{${readerId}}`;
}

/** In front of an author's id; the read function makes keys of celebrities with it. */
export const AUTHOR_PREFIX = 'feed:author:v1:';

/** Timeline of a celebrity's own posts. */
export function authorKey(authorId: bigint): string {
  return `${AUTHOR_PREFIX}{${authorId}}`;
}

/** In front of a hashtag's key, as above. */
export const HASHTAG_PREFIX = 'feed:hashtag:v2:';

/** Timeline of a hashtag. */
export function hashtagTimelineKey(key: string): string {
  return `${HASHTAG_PREFIX}{${key}}`;
}

/** Zero-padded, so that equal times order by id; of a share followed by the post, so that a read needs no other look. */
export function memberOf({ postId, sharedPostId, by }: EntryKey): string {
  const member = String(postId).padStart(POST_ID_DIGITS, '0');
  if (by !== undefined) return `${member}#${by}`;
  return sharedPostId == null ? member : `${member}:${sharedPostId}`;
}

/** Also of what the read function makes of a hashtag's entry: its key behind the author. */
export function keyOfMember(member: string): EntryKey & Pick<Entry, 'hashtag'> {
  const [post, by, hashtag] = member.split('#') as [string, string | undefined, string | undefined];
  const [postId, sharedPostId] = post.split(':') as [string, string | undefined];
  if (sharedPostId !== undefined) return { postId: BigInt(postId), sharedPostId: BigInt(sharedPostId) };
  if (by === undefined) return { postId: BigInt(postId) };
  return { postId: BigInt(postId), by: BigInt(by), ...(hashtag === undefined ? {} : { hashtag }) };
}

/** In front of the id of a celebrity whom the reader follows. */
export const PULL_PREFIX = 'pull:';
/** In front of the key of a hashtag that the reader follows. */
export const TAG_PREFIX = 'tag:';

export function memberOfPull(pull: Pull): string {
  return 'author' in pull ? `${PULL_PREFIX}${pull.author}` : `${TAG_PREFIX}${pull.hashtag}`;
}

export function pullOfMember(member: string): Pull {
  if (member.startsWith(TAG_PREFIX)) return { hashtag: member.slice(TAG_PREFIX.length) };
  return { author: BigInt(member.slice(PULL_PREFIX.length)) };
}
