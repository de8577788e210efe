import { type EntryKey, POST_ID_DIGITS } from './timeline.model.ts';

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

/** Zero-padded, so that equal times order by id; of a share followed by the post, so that a read needs no other look. */
export function memberOf({ postId, sharedPostId }: EntryKey): string {
  const member = String(postId).padStart(POST_ID_DIGITS, '0');
  return sharedPostId == null ? member : `${member}:${sharedPostId}`;
}

export function keyOfMember(member: string): EntryKey {
  const [postId, sharedPostId] = member.split(':') as [string, string | undefined];
  return sharedPostId === undefined
    ? { postId: BigInt(postId) }
    : { postId: BigInt(postId), sharedPostId: BigInt(sharedPostId) };
}

/** In front of the id of a celebrity whom the reader follows. */
export const PULL_PREFIX = 'pull:';

export function pullOf(authorId: bigint): string {
  return `${PULL_PREFIX}${authorId}`;
}
