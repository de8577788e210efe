/**
 * ACTIVE. DEACTIVATED: hidden until its owner logs in again. DELETED: only the username is left, and nobody else can
 * take it.
 * Only ACTIVE accounts exist for readers.
 */
export type AccountState = 'ACTIVE' | 'DEACTIVATED' | 'DELETED';

/** The public part of an account. Credentials and e-mail address are stored elsewhere. */
export type AccountModel = {
  id: bigint;
  username: string;
  displayName: string;
  bio: string;
  website: string;
  isPrivate: boolean;
  avatarKey: string | null;
  avatarPlaceholder: string | null;
  createdAt: Date;
  /** Version of `isPrivate` and the state. A higher one is newer. */
  visibilityVersion: bigint;
};

/** Who may see an account, active or not. */
export type AccountVisibility = { state: AccountState; isPrivate: boolean; visibilityVersion: bigint };

/** The input for a new account, checked and normalised. */
export type NewAccount = { username: string; email: string; displayName: string; passwordHash: string };
