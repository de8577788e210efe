/** A program of a third party that people may let act for them. */
export type AppModel = {
  id: bigint;
  ownerId: bigint;
  name: string;
  website: string;
  redirectUris: string[];
  /** Null for a public app, which cannot keep a secret. */
  secretHash: Uint8Array | null;
  createdAt: Date;
};

/** An app that a person lets act for them, over all their grants to it. */
export type AuthorizedAppModel = {
  id: bigint;
  name: string;
  website: string;
  scopes: string[];
  /** Of the first grant. */
  authorizedAt: Date;
  /** When the app last got an access token. */
  lastUsedAt: Date;
};
