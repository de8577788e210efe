import pg from 'pg';

const DIVISION_BY_ZERO = '22012';

/**
 * A COMMIT that the server refuses if it reads it too late, so that nothing is written after the client got an error.
 * Both statements are sent in one message, and if the first one fails, the server skips the second one.
 *
 * @param ms counted here from the answer to BEGIN, and on the server from the BEGIN itself, which is never later
 */
export function commitBefore(ms: number): pg.QueryConfig {
  const interval = `interval '${Math.floor(ms)} milliseconds'`;
  return { text: `SELECT 1 / (clock_timestamp() < now() + ${interval})::int; COMMIT` };
}

/** Whether a statement with this text failed because its COMMIT was too late. */
export function isPastCommit(error: unknown, text: string): boolean {
  return text === 'COMMIT' && error instanceof pg.DatabaseError && error.code === DIVISION_BY_ZERO;
}
