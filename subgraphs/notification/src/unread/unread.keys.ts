/** Seconds for which a copy that Redis missed a change of can be shown. */
export const UNREAD_S = 60;

/** How many notifications a person has not read, behind the version of that number. */
export function unreadKey(recipientId: bigint): string {
  return `notification:unread:v1:{${recipientId}}`;
}
