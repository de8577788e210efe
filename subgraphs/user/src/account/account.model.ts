/**
 * ACTIVE; DEACTIVATED: hidden until its owner logs in again; DELETED: nothing is left but the username, which nobody else gets.
 * Whatever is not ACTIVE does not exist for anybody who reads.
 */
export type AccountState = 'ACTIVE' | 'DEACTIVATED' | 'DELETED';

/** An account as everyone may see it; credentials and address are elsewhere. */
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
  /** Of `isPrivate` and the state: the higher one is the newer. */
  visibilityVersion: bigint;
};

/** Who may see an account, active or not. */
export type AccountVisibility = { state: AccountState; isPrivate: boolean; visibilityVersion: bigint };

/** What an account is opened with, checked and normalised. */
export type NewAccount = { username: string; email: string; displayName: string; passwordHash: string };
