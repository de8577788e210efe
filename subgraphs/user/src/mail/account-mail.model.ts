/**
 * VERIFY_EMAIL, RESET_PASSWORD: with a link that has a token. All others are notices, which go to verified addresses
 * only. EMAIL_CHANGED goes to the old address.
 */
export type AccountMailKind =
  | 'VERIFY_EMAIL'
  | 'RESET_PASSWORD'
  | 'PASSWORD_CHANGED'
  | 'EMAIL_CHANGE_STARTED'
  | 'EMAIL_CHANGED'
  | 'USERNAME_CHANGED'
  | 'NEW_DEVICE'
  | 'WRONG_PASSWORDS'
  | 'WRONG_CODES'
  | 'TWO_FACTOR_ENABLED'
  | 'TWO_FACTOR_DISABLED'
  | 'RECOVERY_CODE_USED'
  | 'PASSKEY_ADDED'
  | 'PASSKEY_DELETED'
  | 'PASSKEY_COPIED'
  | 'IDENTITY_LINKED'
  | 'IDENTITY_UNLINKED'
  | 'DATA_EXPORT_READY'
  | SanctionNoticeKind;

/** What moderators decided about the account, or about something that its owner published. */
export type SanctionNoticeKind =
  | 'WARNED'
  | 'SUSPENDED'
  | 'BANNED'
  | 'CONTENT_HIDDEN'
  | 'CONTENT_REMOVED'
  | 'DECISION_UPHELD'
  | 'DECISION_REVERSED';

export type NoticeKind = Exclude<AccountMailKind, 'VERIFY_EMAIL' | 'RESET_PASSWORD' | SanctionNoticeKind>;

/** A mail that is still to be sent. */
export type AccountMail = {
  id: bigint;
  /** Null for RESET_PASSWORD. */
  userId: bigint | null;
  kind: AccountMailKind;
  email: string;
  /** Empty unless the mail is about a login. */
  device: string;
  /** Null unless the mail is about a decision of a moderator. */
  decisionId: bigint | null;
  /** Including the current one. */
  attempts: number;
  createdAt: Date;
};
