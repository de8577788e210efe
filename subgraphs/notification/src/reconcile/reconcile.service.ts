import { findErasedPeople } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type pg from 'pg';
import { type Activity, type ActivityChange, type ActivityKey, activityKeyText } from '#activity/activity.model.ts';
import { findActivities, insertActivities, upsertActivities } from '#activity/activity.repository.ts';
import { latestChanges } from '#activity/activity.rules.ts';
import { findActors, findLatestActors } from '#grouping/actor.repository.ts';
import type { Group } from '#grouping/group.model.ts';
import { ensureGroups, findGroups, updateGroups } from '#grouping/group.repository.ts';
import { groupIdText, groupKeyOf, groupKeyText, ONCE_PER_ACTOR } from '#grouping/group.rules.ts';
import { actorsOf, groupsOf, groupUpdatesOf } from '#grouping/group-updates.rules.ts';
import { findPreferences } from '#preferences/preference.repository.ts';
import { findDeletedTargets } from '#projection/deleted-target.repository.ts';
import { findRelationshipChanges, type PersonPair } from '#projection/relationship.repository.ts';
import { relationshipOf } from '#projection/relationship.rules.ts';
import type { NotificationChange, NotificationPublisher } from './notification.publisher.ts';
import { lockRecipients, type Recipient, updateRecipients } from './recipient.repository.ts';
import { type KnownState, listedGroups, type ReconciledActivity, reconcile } from './reconcile.rules.ts';

/** What the caller announces once the transaction is committed. */
export type ReconcileResult = { recipients: Recipient[]; published: NotificationChange[] };

export type ReconcileService = {
  /**
   * Applies changes of activities, checks again whether other activities are shown, and updates the notifications.
   * Locks the recipients. Uses one statement for each table, however many activities there are. Writes nothing for
   * recipients who are erased.
   */
  reconcile(
    tx: pg.PoolClient,
    changes: readonly ActivityChange[],
    rechecked: readonly ActivityKey[],
  ): Promise<ReconcileResult>;
};

export function createReconcileService(deps: { ids: IdGenerator; publisher: NotificationPublisher }): ReconcileService {
  const { ids, publisher } = deps;

  const loadState = async (
    tx: pg.PoolClient,
    changes: readonly ActivityChange[],
    keys: readonly ActivityKey[],
  ): Promise<KnownState> => {
    const activities = await findActivities(tx, keys);
    const wanted = new Map(
      changes.filter((change) => change.present).map((change) => [groupKeyText(groupKeyOf(change)), change]),
    );
    const made = [...wanted.values()].map((change) => ({ ...groupKeyOf(change), newId: ids.next() }));
    const ensured = made.length > 0 ? await ensureGroups(tx, made) : [];
    const old = activities.map((activity) => ({ recipientId: activity.recipientId, id: activity.notificationId }));
    const groups = [...ensured, ...(old.length > 0 ? await findGroups(tx, distinct(old, groupIdText)) : [])];
    const all = [...changes, ...activities];
    const preferences = await findPreferences(
      tx,
      distinct(
        all.map((one) => one.recipientId),
        String,
      ),
    );
    const pairs = all.map((one) => ({ personId: one.recipientId, otherId: one.actorId }));
    const pairText = (pair: PersonPair) => `${pair.personId} ${pair.otherId}`;
    const relationships = Map.groupBy(await findRelationshipChanges(tx, distinct(pairs, pairText)), pairText);
    const deleted = await findDeletedTargets(tx, targetsOf(all));
    const audiences = new Map(preferences.map((one) => [`${one.userId} ${one.kind}`, one.audience]));
    const byId = new Map<string, Group>();
    for (const group of groups) if (!byId.has(groupIdText(group))) byId.set(groupIdText(group), group);
    return {
      activities: new Map(activities.map((activity) => [activityKeyText(activity), activity])),
      groups: new Map(ensured.map((group) => [groupKeyText(group), byId.get(groupIdText(group))!])),
      groupById: (recipientId, id) => byId.get(groupIdText({ recipientId, id })),
      audience: (recipientId, kind) => audiences.get(`${recipientId} ${kind}`) ?? 'EVERYONE',
      relationship: (personId, otherId) => relationshipOf(relationships.get(pairText({ personId, otherId })) ?? []),
      isDeleted: (id) => deleted.has(id),
    };
  };

  const write = async (
    tx: pg.PoolClient,
    reconciled: readonly ReconciledActivity[],
    known: KnownState,
    recipients: readonly Recipient[],
  ): Promise<ReconcileResult> => {
    const afterOf = ({ after }: ReconciledActivity) => after;
    const added = reconciled.filter(({ before }) => !before).map(afterOf);
    const altered = reconciled.filter(({ before }) => before).map(afterOf);
    const { joined, others } = actorsOf(reconciled);
    const repeated = joined.filter((activity) => !ONCE_PER_ACTOR.has(activity.kind));
    const joinedBefore = repeated.length > 0 ? await findActors(tx, repeated) : [];
    if (added.length > 0) await insertActivities(tx, added);
    if (altered.length > 0) await upsertActivities(tx, altered);
    const remaining = others.length > 0 ? await findActors(tx, others) : [];
    const latest = others.length > 0 ? await findLatestActors(tx, groupsOf(others)) : [];
    const lastChangeIds = new Map(recipients.map((recipient) => [recipient.recipientId, recipient.lastChangeId]));
    const changes = listedGroups(reconciled, known).map((listed): NotificationChange => {
      const changeId = nextChangeId(ids.next(), lastChangeIds.get(listed.group.recipientId)!);
      lastChangeIds.set(listed.group.recipientId, changeId);
      return { ...listed, changeId };
    });
    const updates = groupUpdatesOf({ joined, joinedBefore, others, remaining, latest }, changes, known.groupById);
    const addedUnread = new Map<bigint, number>();
    for (const after of updates.length > 0 ? await updateGroups(tx, updates) : []) {
      const { recipientId, id, addedActors } = after;
      const before = { actorCount: after.actorCount - addedActors, isRead: known.groupById(recipientId, id)!.isRead };
      addedUnread.set(recipientId, (addedUnread.get(recipientId) ?? 0) + unreadOf(after) - unreadOf(before));
    }
    const recipientUpdates = Array.from(addedUnread, ([recipientId, added]) => {
      return { recipientId, addedUnread: added, lastChangeId: lastChangeIds.get(recipientId)! };
    });
    const published = changes.filter((change) => change.isPublished);
    await publisher.publish(tx, published);
    return { recipients: recipientUpdates.length > 0 ? await updateRecipients(tx, recipientUpdates) : [], published };
  };

  return {
    async reconcile(tx, given, rechecked) {
      const all = distinct([...given, ...rechecked], activityKeyText);
      if (all.length === 0) return { recipients: [], published: [] };
      const recipientIds = distinct(
        all.map((key) => key.recipientId),
        String,
      );
      const recipients = await lockRecipients(tx, recipientIds);
      // Under the lock: an erasure that begins later waits for it, and finds what is written here.
      const erased = await findErasedPeople(tx, 'notification', recipientIds);
      const isKept = ({ recipientId }: ActivityKey) => !erased.has(recipientId);
      const changes = latestChanges(given).filter(isKept);
      const keys = all.filter(isKept);
      if (keys.length === 0) return { recipients: [], published: [] };
      const known = await loadState(tx, changes, keys);
      const reconciled = reconcile(changes, rechecked.filter(isKept), known);
      return reconciled.length > 0 ? write(tx, reconciled, known, recipients) : { recipients: [], published: [] };
    },
  };
}

function distinct<T>(items: readonly T[], text: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [text(item), item])).values()];
}

/** Change ids of a recipient always grow, even if the clocks of two processes differ. */
function nextChangeId(id: bigint, last: bigint): bigint {
  return id > last ? id : last + 1n;
}

/** The posts and comments that activities are about, each once. */
export function targetsOf(activities: readonly Pick<Activity, 'postId' | 'commentId'>[]): bigint[] {
  return distinct(
    activities.flatMap(({ postId, commentId }) => [postId, commentId]).filter((id) => id !== null),
    String,
  );
}

/** What a notification adds to the unread count. */
function unreadOf({ actorCount, isRead }: { actorCount: number; isRead: boolean }): number {
  return actorCount > 0 && !isRead ? 1 : 0;
}
