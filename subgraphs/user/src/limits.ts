/** The longest texts of an account, in code points, and its username and e-mail address, in UTF-16 code units. */
export const LIMITS = { username: 30, displayName: 50, bio: 150, email: 254 } as const;
/** The pronouns of a profile, and the length of each in code points. */
export const PRONOUNS = { number: 4, length: 20 } as const;
/** The links of a profile. Titles are in code points, URLs in UTF-16 code units of their canonical form. */
export const LINKS = { number: 5, titleLength: 50, urlLength: 500 } as const;
/**
 * The most apps of a person, and grants of a person to one app: the oldest one ends. Also the longest name, website and
 * redirect URI of an app, and the most URIs.
 */
export const APP_LIMITS = { apps: 20, grants: 10, name: 50, website: 200, redirectUri: 500, redirectUris: 10 } as const;
/** The most passkeys of an account, and the longest name of one in code points. */
export const PASSKEY_LIMITS = { passkeys: 20, name: 50 } as const;
/** The most identity providers, and linked identities of an account. */
export const IDENTITY_PROVIDER_LIMITS = { providers: 10, linkedIdentities: 10 } as const;
/** The longest JSON form of a credential, in UTF-16 code units. Those of common authenticators have about 1,000. */
export const CREDENTIAL_LENGTH = 16_384;
/** The length of a password in code points, after NFKC. */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const;
