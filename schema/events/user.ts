import { z } from 'zod';
import { id, languageTag, type PublishedData, text } from './fields.ts';

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

const sanction = z.object({ userId: id, decisionId: id });

const roleChange = z.object({ userId: id, by: id.nullable(), role: z.enum(['MODERATOR', 'ADMIN']) });

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
  /**
   * The language of texts to the person: a tag (BCP 47). Not part of the profile, because nobody else needs to know it.
   * Before the first event, it is English.
   */
  'tintype.user.language.changed.v1': z.object({ userId: id, language: languageTag }),
  /** The account has a new avatar upload, for which the post subgraph's media worker makes a rendition. */
  'tintype.user.avatar.requested.v1': z.object({ userId: id, uploadId: id }),
  /** The account no longer uses this profile picture. The post subgraph removes its files. */
  'tintype.user.avatar.replaced.v1': z.object({ userId: id, uploadId: id }),
  /** Somebody has this role now, and no other. `by`: an admin; null for somebody with access to the database. */
  'tintype.user.role.granted.v1': roleChange,
  /** Somebody no longer has this role. */
  'tintype.user.role.revoked.v1': roleChange,
  /** Moderators decided something about the account, or about what it published. */
  'tintype.user.sanction.imposed.v1': sanction,
  /** Moderators upheld or reversed such a decision. */
  'tintype.user.sanction.reviewed.v1': sanction,
} as const;

export type UserEvents = PublishedData<typeof USER_EVENTS>;
