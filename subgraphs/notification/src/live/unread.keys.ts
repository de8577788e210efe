/** Time to live in seconds: how long a count may be wrong if Redis missed a change. */
export const UNREAD_S = 60;

/** `<version>:<unread count>` of a person. */
export function unreadKey(recipientId: bigint): string {
  return `notification:unread:v1:{${recipientId}}`;
}
