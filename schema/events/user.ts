import { z } from 'zod';
import { id, type PublishedData, text } from './fields.ts';

/** Version of `isPrivate` and of whether the account is active. Missing in events from before versions existed. */
const visibilityVersion = id.optional();

/** The whole public profile. */
const profile = z.object({
  userId: id,
  username: text,
  displayName: text,
  isPrivate: z.boolean(),
  visibilityVersion,
});

/** Events of the user subgraph. The subject is the account's id. */
export const USER_EVENTS = {
  'tintype.user.account.registered.v1': profile,
  /** The whole public profile after any change. */
  'tintype.user.account.updated.v1': profile,
  /** Its owner has deactivated the account. Everything of it is hidden until they log in again. */
  'tintype.user.account.deactivated.v1': z.object({ userId: id, visibilityVersion }),
  /** Its owner is back. The whole public profile, as in `account.updated`. */
  'tintype.user.account.reactivated.v1': profile,
  /** The account is deleted for good, and every owner erases its data of it. The last event of an account. */
  'tintype.user.account.deleted.v1': z.object({ userId: id, visibilityVersion }),
  /** The account has a new avatar upload, for which the post subgraph's media worker makes a rendition. */
  'tintype.user.avatar.requested.v1': z.object({ userId: id, uploadId: id }),
  /** The account no longer uses this profile picture. The post subgraph removes its files. */
  'tintype.user.avatar.replaced.v1': z.object({ userId: id, uploadId: id }),
} as const;

export type UserEvents = PublishedData<typeof USER_EVENTS>;
