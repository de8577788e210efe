/**
 * What an account may do in its first days: within 24 hours, or in one text. Most spam comes from accounts that were
 * just created, and few people reach these limits in their first days.
 */
export const NEW_ACCOUNT_LIMITS = { follows: 50, comments: 50, reports: 10, mentions: 5, links: 1 } as const;

const DAY_MS = 24 * 3600 * 1000;

/** Whether an account is in its first days. @param createdMs since the Unix epoch @param days 0 for no such limits */
export function isNewAccount(createdMs: number, days: number, now: number = Date.now()): boolean {
  return now - createdMs < days * DAY_MS;
}
