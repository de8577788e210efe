/** A viewer's latest like or unlike of a target until the tables have it: `<snowflake>:<1 or 0>`. */
export function pendingLikeKey(userId: bigint, targetId: bigint): string {
  return `engagement:pending-like:v1:{${userId}}:${targetId}`;
}

/**
 * Changes are normally applied within a second. After this time, the tables are read even if a change is still missing.
 */
export const PENDING_LIKE_S = 60;
