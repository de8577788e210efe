/** The longest texts of an account, in code points, and its username and e-mail address, in UTF-16 code units. */
export const LIMITS = { username: 30, displayName: 50, bio: 150, website: 200, email: 254 } as const;
/** The length of a password in code points, after NFKC. */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const;
