/** The lists of people around one person; also the kinds of their cursors. */
export type ConnectionList = 'followers' | 'following' | 'followRequests';

/**
 * How many rows to read next: what is still missing for a page and the one after it that tells of a next page. Rows of hidden
 * people are dropped, and what they leave short is read again.
 */
export function rowsToRead(first: number, kept: number): number {
  return first + 1 - kept;
}
