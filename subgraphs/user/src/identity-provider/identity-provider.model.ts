/** An outside service with which people can log in (OpenID Connect), as it is configured. */
export type IdentityProviderModel = {
  key: string;
  name: string;
  /** What it calls itself: the address under which its configuration is found. */
  issuer: string;
  clientId: string;
  /** Null for a public client. */
  clientSecret: string | null;
  /** Where it may send people back to; the first by default. */
  redirectUris: string[];
};

/** What a provider says about one of its accounts. */
export type ProviderAccount = {
  issuer: string;
  subject: string;
  email: string | null;
  /** Whether the provider says that the person receives mail at the address. */
  isEmailVerified: boolean;
  name: string | null;
};

/** An account at a provider that is linked to one of ours. */
export type LinkedIdentityModel = {
  id: bigint;
  issuer: string;
  label: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
};
