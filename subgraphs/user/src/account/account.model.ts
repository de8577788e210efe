import type { Language } from '@tintype/language';
import type { ProfileCategory } from '#generated/graphql.ts';
import type { BioMention, ProfileLink } from '#profile/profile.model.ts';

/**
 * ACTIVE. DEACTIVATED: hidden until its owner logs in again. BANNED: hidden by a moderator, and its owner can log in.
 * DELETED: only the username is left, and nobody else can take it.
 * Only ACTIVE accounts exist for readers.
 */
export type AccountState = 'ACTIVE' | 'DEACTIVATED' | 'BANNED' | 'DELETED';

/** The public part of an account. Credentials and e-mail address are stored elsewhere. */
export type AccountModel = {
  id: bigint;
  username: string;
  displayName: string;
  bio: string;
  /** Whom the bio mentions. */
  bioMentions: BioMention[];
  pronouns: string[];
  category: ProfileCategory;
  links: ProfileLink[];
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
export type NewAccount = {
  username: string;
  email: string;
  displayName: string;
  passwordHash: string;
  /** The default one if it is absent. */
  language?: Language;
};
