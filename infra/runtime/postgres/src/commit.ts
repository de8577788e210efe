import pg from 'pg';

const DIVISION_BY_ZERO = '22012';

/**
 * A COMMIT that the server refuses where it reads it too late, so that nothing is written for a request that was told of an error
 * meanwhile. Both statements travel in one message, and a failure of the first one leaves out the second.
 *
 * @param ms counted from the answer to BEGIN here, and from the BEGIN itself by the server's clock: never later there
 */
export function commitBefore(ms: number): pg.QueryConfig {
  const interval = `interval '${Math.floor(ms)} milliseconds'`;
  return { text: `SELECT 1 / (clock_timestamp() < now() + ${interval})::int; COMMIT` };
}

/** Whether a statement of this text failed because it was a COMMIT that came too late. */
export function isPastCommit(error: unknown, text: string): boolean {
  return text === 'COMMIT' && error instanceof pg.DatabaseError && error.code === DIVISION_BY_ZERO;
}
