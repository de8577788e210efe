import { z } from 'zod';
import { id, type PublishedData, text } from './fields.ts';

/** Version of `isPrivate` and of whether the account is active. Events from before there were versions have none. */
const visibilityVersion = id.optional();

/** The whole public profile. */
const profile = z.object({
  userId: id,
  username: text,
  displayName: text,
  isPrivate: z.boolean(),
  visibilityVersion,
});

/** Events of the user subgraph. The subject of each is the account's id. */
export const USER_EVENTS = {
  'tintype.user.account.registered.v1': profile,
  /** The whole public profile after the change, whatever changed. */
  'tintype.user.account.updated.v1': profile,
  /** Its owner hid the account and everything of it, until they log in again. */
  'tintype.user.account.deactivated.v1': z.object({ userId: id, visibilityVersion }),
  /** Its owner is back: the whole public profile, as in `account.updated`. */
  'tintype.user.account.reactivated.v1': profile,
  /** The account is gone for good, and every owner removes what it has of it. The last event of the account. */
  'tintype.user.account.deleted.v1': z.object({ userId: id, visibilityVersion }),
  /** The account has a new avatar upload: post's media worker makes its rendition. */
  'tintype.user.avatar.requested.v1': z.object({ userId: id, uploadId: id }),
  /** The account does not use this profile picture any more. The post subgraph removes its files. */
  'tintype.user.avatar.replaced.v1': z.object({ userId: id, uploadId: id }),
} as const;

export type UserEvents = PublishedData<typeof USER_EVENTS>;
