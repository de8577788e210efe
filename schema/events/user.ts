/** The whole public profile. */
type Profile = { userId: string; username: string; displayName: string; isPrivate: boolean } & Versioned;

/** Version of `isPrivate` and of whether the account is active; absent from events that were told before versions existed. */
type Versioned = { visibilityVersion?: string };

/** Events of the user subgraph. Ids travel as decimal strings; the subject of each is the account's id. */
export type UserEvents = {
  'tintype.user.account.registered.v1': Profile;
  /** The whole public profile after the change, whatever changed. */
  'tintype.user.account.updated.v1': Profile;
  /** Its owner hid the account and everything of it, until they log in again. */
  'tintype.user.account.deactivated.v1': { userId: string } & Versioned;
  /** Its owner is back: the whole public profile, as `account.updated` tells it. */
  'tintype.user.account.reactivated.v1': Profile;
  /** The account is gone for good: whoever owns something of it removes that. The last event of the account. */
  'tintype.user.account.deleted.v1': { userId: string } & Versioned;
  /** The account has a new avatar upload: post's media worker makes its rendition. */
  'tintype.user.avatar.requested.v1': { userId: string; uploadId: string };
  /** A picture that no account shows any more: post removes its files. `objectKey` as avatar.processed told it. */
  'tintype.user.avatar.replaced.v1': { userId: string; objectKey: string };
};
