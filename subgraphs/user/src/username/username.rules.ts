/** How long a former username finds the account and is kept for it, in seconds. */
export const FORMER_S = 14 * 24 * 3600;

/** How often a username can change within that time, so that nobody can keep names from others. */
export const MAX_CHANGES = 2;
