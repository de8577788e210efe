/** The address of an account. */
export type EmailModel = {
  address: string;
  verifiedAt: Date | null;
  /** Replaces the address once it is verified. */
  pendingAddress: string | null;
};
