import type { Executor } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { NotificationAudience } from '#activity/activity.model.ts';
import type { UpdateNotificationPreferencesErrorCode } from '#generated/graphql.ts';
import { findPreferences, putPreferences } from './preference.repository.ts';

export type Choice = { kind: NotificationKind; audience: NotificationAudience };

export type PreferenceService = {
  /** One for every kind; the default if the person has not set it. */
  all(userId: bigint): Promise<Choice[]>;
  /** Applies to activities from now on. @returns the error, or null */
  update(userId: bigint, choices: readonly Choice[]): Promise<UpdateNotificationPreferencesErrorCode | null>;
};

const DEFAULTS: Record<NotificationKind, NotificationAudience> = {
  POST_LIKE: 'EVERYONE',
  COMMENT_LIKE: 'EVERYONE',
  COMMENT: 'EVERYONE',
  REPLY: 'EVERYONE',
  MENTION: 'EVERYONE',
  FOLLOW: 'EVERYONE',
  FOLLOW_REQUEST: 'EVERYONE',
  FOLLOW_ACCEPTED: 'EVERYONE',
  SHARE: 'EVERYONE',
  POST_FAILED: 'EVERYONE',
  MODERATION: 'EVERYONE',
};

/** All kinds of notifications. */
export const KINDS = Object.keys(DEFAULTS) as NotificationKind[];

export function createPreferenceService(deps: { pool: Executor }): PreferenceService {
  const { pool } = deps;
  return {
    async all(userId) {
      const chosen = await findPreferences(pool, [userId]);
      const audiences = { ...DEFAULTS, ...Object.fromEntries(chosen.map(({ kind, audience }) => [kind, audience])) };
      return KINDS.map((kind) => ({ kind, audience: audiences[kind] }));
    },
    async update(userId, choices) {
      if (new Set(choices.map((choice) => choice.kind)).size < choices.length) return 'KIND_REPEATED';
      if (choices.length > 0) {
        await putPreferences(
          pool,
          choices.map(({ kind, audience }) => ({ userId, kind, audience })),
        );
      }
      return null;
    },
  };
}
