/**
 * VERIFY_EMAIL, RESET_PASSWORD: with a link. All others are notices, which go to verified addresses only. EMAIL_CHANGED
 * goes to the old address.
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
  | 'RECOVERY_CODE_USED';

export type NoticeKind = Exclude<AccountMailKind, 'VERIFY_EMAIL' | 'RESET_PASSWORD'>;

/** A mail that is still to be sent. */
export type AccountMail = {
  id: bigint;
  /** Null for RESET_PASSWORD. */
  userId: bigint | null;
  kind: AccountMailKind;
  email: string;
  /** Empty unless the mail is about a login. */
  device: string;
  /** Including the current one. */
  attempts: number;
  createdAt: Date;
};
