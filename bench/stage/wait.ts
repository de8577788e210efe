import { setTimeout as sleep } from 'node:timers/promises';

const SETTLE_MS = 300_000;

/** Looks again and again until it is so. @throws Error after five minutes */
export async function settle(what: string, check: () => Promise<boolean>, everyMs = 250): Promise<void> {
  for (const until = Date.now() + SETTLE_MS; !(await check()); ) {
    if (Date.now() > until) throw new Error(`${what}: not done after ${SETTLE_MS / 1000} s`);
    await sleep(everyMs);
  }
}
