import { createOutbox, type EventEnvelope } from '@tintype/events';
import { untyped } from '@tintype/postgres/untyped';
import { createSignalPublisher } from '@tintype/redis';
import type { NotificationKind } from '@tintype/schema/events/notification';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import { createEnvironment } from '@tintype/testing';
import type pg from 'pg';
import type { EligibleRecipients } from '../src/ingest/eligible-recipients.ts';
import { createEngagementService } from '../src/ingest/engagement.service.ts';
import type { FindAudiences } from '../src/ingest/post-audiences.ts';
import { createSocialGraphService } from '../src/ingest/social-graph.service.ts';
import { createUnreadStore } from '../src/live/unread.store.ts';
import { createNotificationService } from '../src/notification/notification.service.ts';
import { createReadService } from '../src/notification/read.service.ts';
import { createPreferenceService } from '../src/preferences/preference.service.ts';
import { addDeletedTargets } from '../src/projection/deleted-target.repository.ts';
import { createApplyService } from '../src/reconcile/apply.service.ts';
import { createNotificationPublisher } from '../src/reconcile/notification.publisher.ts';
import { createReconcileService } from '../src/reconcile/reconcile.service.ts';

/** The state of a recipient, without what depends on the time of processing. */
export type Seen = {
  kind: NotificationKind;
  targetId: bigint;
  windowNo: number;
  actorIds: bigint[];
  actorCount: number;
};

/** All posts are of public accounts, and for everyone. */
const everyoneIsEligible: EligibleRecipients = async (_authorId, _audience, userIds) => [...userIds];
const allForEveryone: FindAudiences = async (postIds) => new Map(postIds.map((id) => [id, 'EVERYONE']));

/**
 * Notification's services with real stores and without consumers, so that a test decides which events arrive, and when.
 *
 * @param options.eligibleRecipients the people who may see an author's posts. Default: everyone
 * @param options.findAudiences the audiences of posts. Default: everyone
 * @param options.wrap wraps every use of Postgres, so that tests can interfere
 */
export async function openNotifications(
  options: {
    wrap?: (pool: pg.Pool) => pg.Pool;
    eligibleRecipients?: EligibleRecipients;
    findAudiences?: FindAudiences;
  } = {},
) {
  const environment = await createEnvironment();
  const { database, redis, ids } = environment;
  const pool = options.wrap?.(database.pool) ?? database.pool;
  const unread = createUnreadStore({ redis, pool });
  const publisher = createNotificationPublisher(createOutbox({ owner: 'notification', ids }));
  const reconciler = createReconcileService({ ids, publisher });
  const signals = createSignalPublisher({ redis, owner: 'notification' });
  const applyService = createApplyService({ pool, reconciler, unread, signals });
  const engagement = createEngagementService({
    pool,
    applyService,
    eligibleRecipients: options.eligibleRecipients ?? everyoneIsEligible,
    findAudiences: options.findAudiences ?? allForEveryone,
  });
  const socialGraph = createSocialGraphService({ pool, applyService });
  const { signal } = new AbortController();

  /** Handles events like their consumers. */
  const take = async (events: readonly EventEnvelope[]): Promise<void> => {
    const of = (owner: SubgraphName) => events.filter((event) => event.source === `/tintype/${owner}`);
    const [engagementEvents, social, posts] = [of('engagement'), of('social-graph'), of('post')];
    if (engagementEvents.length > 0) await engagement.apply(engagementEvents, signal);
    if (social.length > 0) await socialGraph.apply(social, signal);
    for (const event of posts) {
      const postId = BigInt((event.data as { postId: string }).postId);
      await addDeletedTargets(pool, [postId]);
      await applyService.withdrawDeleted([postId], signal);
    }
  };

  const seen = (recipientId: bigint): Promise<Seen[]> =>
    untyped(
      pool,
      `SELECT kind, target_id AS "targetId", window_no AS "windowNo", actor_ids AS "actorIds", actor_count AS "actorCount"
       FROM notification.notification WHERE recipient_id = $1 AND actor_count > 0 ORDER BY kind, target_id, window_no`,
      [recipientId],
    );

  /** Types and actors of the events that were published for a recipient, in order. */
  const published = async (recipientId: bigint): Promise<string[]> => {
    const rows = await untyped<{ type: string; kind: string; actorId: string }>(
      pool,
      `SELECT split_part(type, '.', 4) AS type, data->>'kind' AS kind, data->>'actorId' AS "actorId"
       FROM notification.outbox WHERE subject = $1 ORDER BY position`,
      [String(recipientId)],
    );
    return rows.map(({ type, kind, actorId }) => `${type} ${kind} ${actorId}`);
  };

  return {
    environment,
    pool,
    unread,
    applyService,
    notifications: createNotificationService({ pool }),
    reads: createReadService({ pool, unread }),
    preferences: createPreferenceService({ pool }),
    take,
    seen,
    published,
  };
}

export type NotificationFixture = Awaited<ReturnType<typeof openNotifications>>;
