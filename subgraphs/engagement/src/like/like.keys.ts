/** A viewer's newest word about a target, until the tables have it: `<snowflake>:<1 or 0>`. */
export function pendingKey(userId: bigint, targetId: bigint): string {
  return `engagement:like:v1:{${userId}}:${targetId}`;
}

/** Words are applied within a second; what is not there after this long is read from the tables, applied or not. */
export const PENDING_S = 60;
