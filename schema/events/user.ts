/** Events of the user subgraph. Ids travel as decimal strings; the subject of each is the account's id. */
export type UserEvents = {
  'tintype.user.account.registered.v1': { userId: string; username: string; displayName: string; isPrivate: boolean };
  /** The whole public profile after the change, whatever changed. */
  'tintype.user.account.updated.v1': { userId: string; username: string; displayName: string; isPrivate: boolean };
  /** The account has a new avatar upload: post's media worker makes its rendition. */
  'tintype.user.avatar.requested.v1': { userId: string; uploadId: string };
  /** A picture that no account shows any more: post removes its files. `objectKey` as avatar.processed told it. */
  'tintype.user.avatar.replaced.v1': { userId: string; objectKey: string };
};
