import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { EngagementRecordsDocument, type EngagementRecordsQueryVariables } from '@tintype/schema/internal/engagement';
import { FeedRecordsDocument, type FeedRecordsQueryVariables } from '@tintype/schema/internal/feed';
import { ModerationRecordsDocument, type ModerationRecordsQueryVariables } from '@tintype/schema/internal/moderation';
import {
  NotificationRecordsDocument,
  type NotificationRecordsQueryVariables,
} from '@tintype/schema/internal/notification';
import { PostRecordsDocument, type PostRecordsQueryVariables } from '@tintype/schema/internal/post';
import {
  SocialGraphRecordsDocument,
  type SocialGraphRecordsQueryVariables,
} from '@tintype/schema/internal/social-graph';
import { OWN_RECORDS, type OwnRecordKind } from './own-record.repository.ts';

/** Where to continue, whom a record is about, and the record as JSON. */
type ListedRecord = { cursor: string | bigint; otherId: string | bigint | null; json: string };

/** A file of the export with records of one kind. */
export type RecordList = {
  path: string;
  list(userId: bigint, after: bigint, first: number): Promise<readonly ListedRecord[]>;
};

// The names of the files. A kind without a name does not compile.
const OWN: Readonly<Record<OwnRecordKind, string>> = {
  ACCOUNT: 'account',
  SESSIONS: 'sessions',
  DEVICES: 'devices',
  PASSKEYS: 'passkeys',
  LINKED_IDENTITIES: 'linked-identities',
  FORMER_USERNAMES: 'former-usernames',
  APPS: 'apps',
  AUTHORIZED_APPS: 'authorized-apps',
};
const ENGAGEMENT: Readonly<Record<EngagementRecordsQueryVariables['kind'], string>> = {
  LIKES: 'likes',
  COMMENTS: 'comments',
  SHARES: 'shares',
  SAVED_POSTS: 'saved-posts',
  COLLECTIONS: 'collections',
  COMMENT_SETTINGS: 'comment-settings',
  COMMENT_FILTER: 'comment-filter',
};
const FEED: Readonly<Record<FeedRecordsQueryVariables['kind'], string>> = { FOLLOWED_HASHTAGS: 'followed-hashtags' };
const MODERATION: Readonly<Record<ModerationRecordsQueryVariables['kind'], string>> = {
  REPORTS: 'reports',
  DECISIONS: 'decisions',
};
const NOTIFICATION: Readonly<Record<NotificationRecordsQueryVariables['kind'], string>> = {
  NOTIFICATIONS: 'notifications',
  PREFERENCES: 'notification-preferences',
  DELIVERY_SETTINGS: 'notification-delivery',
  PUSH_SUBSCRIPTIONS: 'push-subscriptions',
};
const POST: Readonly<Record<PostRecordsQueryVariables['kind'], string>> = { POSTS: 'posts', UPLOADS: 'uploads' };
const SOCIAL_GRAPH: Readonly<Record<SocialGraphRecordsQueryVariables['kind'], string>> = {
  FOLLOWING: 'following',
  FOLLOWERS: 'followers',
  SENT_FOLLOW_REQUESTS: 'sent-follow-requests',
  RECEIVED_FOLLOW_REQUESTS: 'received-follow-requests',
  BLOCKED: 'blocked',
  MUTED: 'muted',
  RESTRICTED: 'restricted',
  CLOSE_FRIENDS: 'close-friends',
  DISMISSED_SUGGESTIONS: 'dismissed-suggestions',
};

type Ask<Kind> = (
  kind: Kind,
  page: { userId: string; after: string; first: number },
) => Promise<readonly ListedRecord[]>;

function listsOf<Names extends Readonly<Record<string, string>>>(
  names: Names,
  ask: Ask<Extract<keyof Names, string>>,
): RecordList[] {
  const lists: RecordList[] = [];
  for (const kind in names) {
    lists.push({
      path: `${names[kind]}.json`,
      list: (userId, after, first) => ask(kind, { userId: String(userId), after: String(after), first }),
    });
  }
  return lists;
}

/** Everything that is stored about a person. Each subgraph is asked for what it owns, on behalf of the platform. */
export function createRecordLists(deps: { pool: Executor; client: SubgraphClient }): RecordList[] {
  const { pool, client } = deps;
  return [
    ...listsOf(OWN, (kind, { userId, after, first }) => OWN_RECORDS[kind](pool, BigInt(userId), BigInt(after), first)),
    ...listsOf(POST, async (kind, page) => {
      return (await client.request(PostRecordsDocument, { kind, ...page }, platformIdentity())).postRecords;
    }),
    ...listsOf(ENGAGEMENT, async (kind, page) => {
      return (await client.request(EngagementRecordsDocument, { kind, ...page }, platformIdentity())).engagementRecords;
    }),
    ...listsOf(SOCIAL_GRAPH, async (kind, page) => {
      const answer = await client.request(SocialGraphRecordsDocument, { kind, ...page }, platformIdentity());
      return answer.socialGraphRecords;
    }),
    ...listsOf(FEED, async (kind, page) => {
      return (await client.request(FeedRecordsDocument, { kind, ...page }, platformIdentity())).feedRecords;
    }),
    ...listsOf(MODERATION, async (kind, page) => {
      return (await client.request(ModerationRecordsDocument, { kind, ...page }, platformIdentity())).moderationRecords;
    }),
    ...listsOf(NOTIFICATION, async (kind, page) => {
      const answer = await client.request(NotificationRecordsDocument, { kind, ...page }, platformIdentity());
      return answer.notificationRecords;
    }),
  ];
}
