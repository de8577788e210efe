import type { TestPlatform } from './platform.ts';

/** Statements that workers and timers send at any time. */
const BACKGROUND =
  /outbox|relay_state|worker_lease|pg_|upload\b|SKIP LOCKED|^(SELECT 1|BEGIN|COMMIT|ROLLBACK)$|^LISTEN/i;

/** Statements that are sent during a request. */
export async function statementsMeanwhile(platform: TestPlatform, ask: () => Promise<unknown>): Promise<string[]> {
  platform.statements.length = 0;
  await ask();
  return platform.statements.filter((text) => !BACKGROUND.test(text));
}

/**
 * Statements of a request. Background statements vary, so it is repeated, and the run with the fewest statements
 * counts.
 */
export async function fewestStatements(
  platform: TestPlatform,
  times: number,
  ask: () => Promise<unknown>,
): Promise<string[]> {
  let fewest = await statementsMeanwhile(platform, ask);
  for (let time = 1; time < times; time++) {
    const found = await statementsMeanwhile(platform, ask);
    if (found.length < fewest.length) fewest = found;
  }
  return fewest;
}
