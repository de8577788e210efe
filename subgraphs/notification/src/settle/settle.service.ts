import { findErased } from '@tintype/events';
import type { IdGenerator } from '@tintype/ids';
import type pg from 'pg';
import type { Cause, CauseKey, CauseWord } from '#cause/cause.model.ts';
import { addCauses, findCauses, putCauses } from '#cause/cause.repository.ts';
import { ONCE_EACH } from '#cause/cause.rules.ts';
import { findActors, findNewest } from '#group/actor.repository.ts';
import type { Group } from '#group/group.model.ts';
import { ensureGroups, findGroups, moveGroups } from '#group/group.repository.ts';
import { findPreferences } from '#preference/preference.repository.ts';
import { lockReaders, moveReaders, type Reader } from '#reader/reader.repository.ts';
import { findWords } from '#relation/relation.repository.ts';
import { relationOf } from '#relation/relation.rules.ts';
import { findGone } from '#target/gone.repository.ts';
import { actorsOf, groupsOf, groupText, movesOf } from './moves.rules.ts';
import type { NotificationPublisher, Telling } from './notification.publisher.ts';
import { groupKeyOf, type Known, keyOf, newestWords, placesOf, type Settled, settle, textOf } from './settle.rules.ts';

/** What there is to show, once the transaction is committed. */
export type Outcome = { readers: Reader[]; told: Telling[] };

export type SettleService = {
  /**
   * Brings notifications in line with words, and with what else is known of some causes. Locks the recipients; one statement for each
   * table, however many people do the same. Of recipients who are erased nothing is written.
   */
  settle(tx: pg.PoolClient, words: readonly CauseWord[], reviewed: readonly CauseKey[]): Promise<Outcome>;
};

export function createSettleService(deps: { ids: IdGenerator; publisher: NotificationPublisher }): SettleService {
  const { ids, publisher } = deps;

  const know = async (tx: pg.PoolClient, words: readonly CauseWord[], keys: readonly CauseKey[]): Promise<Known> => {
    const causes = await findCauses(tx, keys);
    const wanted = new Map(words.filter((word) => word.present).map((word) => [textOf(groupKeyOf(word)), word]));
    const made = [...wanted.values()].map((word) => ({ ...groupKeyOf(word), newId: ids.next() }));
    const ensured = made.length > 0 ? await ensureGroups(tx, made) : [];
    const old = causes.map((cause) => ({ recipientId: cause.recipientId, id: cause.notificationId }));
    const groups = [...ensured, ...(old.length > 0 ? await findGroups(tx, distinct(old, groupText)) : [])];
    const people = [...words, ...causes];
    const chosen = await findPreferences(
      tx,
      distinct(
        people.map((one) => one.recipientId),
        String,
      ),
    );
    const pairs = people.map((one) => ({ ownerId: one.recipientId, otherId: one.actorId }));
    const pairText = (pair: { ownerId: bigint; otherId: bigint }) => `${pair.ownerId} ${pair.otherId}`;
    const relationWords = Map.groupBy(await findWords(tx, distinct(pairs, pairText)), pairText);
    const gone = await findGone(tx, targetsOf(people));
    const audiences = new Map(chosen.map((one) => [`${one.userId} ${one.kind}`, one.audience]));
    const byId = new Map<string, Group>();
    for (const group of groups) if (!byId.has(groupText(group))) byId.set(groupText(group), group);
    return {
      causes: new Map(causes.map((cause) => [keyOf(cause), cause])),
      groups: new Map(ensured.map((group) => [textOf(group), byId.get(groupText(group))!])),
      groupById: (recipientId, id) => byId.get(groupText({ recipientId, id })),
      audience: (recipientId, kind) => audiences.get(`${recipientId} ${kind}`) ?? 'EVERYONE',
      relation: (ownerId, otherId) => relationOf(relationWords.get(pairText({ ownerId, otherId })) ?? []),
      isGone: (id) => gone.has(id),
    };
  };

  const write = async (
    tx: pg.PoolClient,
    settled: readonly Settled[],
    known: Known,
    readers: readonly Reader[],
  ): Promise<Outcome> => {
    const afterOf = ({ after }: Settled) => after;
    const fresh = settled.filter(({ before }) => !before).map(afterOf);
    const altered = settled.filter(({ before }) => before).map(afterOf);
    const { joined, others } = actorsOf(settled);
    const repeated = joined.filter((cause) => !ONCE_EACH.has(cause.kind));
    const wereIn = repeated.length > 0 ? await findActors(tx, repeated) : [];
    if (fresh.length > 0) await addCauses(tx, fresh);
    if (altered.length > 0) await putCauses(tx, altered);
    const areIn = others.length > 0 ? await findActors(tx, others) : [];
    const looked = others.length > 0 ? await findNewest(tx, groupsOf(others)) : [];
    const last = new Map(readers.map((reader) => [reader.recipientId, reader.lastChangeId]));
    const placed = placesOf(settled, known).map((place): Telling => {
      const changeId = later(ids.next(), last.get(place.group.recipientId)!);
      last.set(place.group.recipientId, changeId);
      return { ...place, changeId };
    });
    const moves = movesOf({ joined, wereIn, others, areIn, looked }, placed, known);
    const unread = new Map<bigint, number>();
    for (const after of moves.length > 0 ? await moveGroups(tx, moves) : []) {
      const { recipientId, id, by } = after;
      const before = { actorCount: after.actorCount - by, isRead: known.groupById(recipientId, id)!.isRead };
      unread.set(recipientId, (unread.get(recipientId) ?? 0) + countsAs(after) - countsAs(before));
    }
    const changed = [...unread].map(([recipientId, by]) => ({ recipientId, by, lastChangeId: last.get(recipientId)! }));
    const told = placed.filter((place) => place.isTold);
    await publisher.tell(tx, told);
    return { readers: changed.length > 0 ? await moveReaders(tx, changed) : [], told };
  };

  return {
    async settle(tx, said, given) {
      const all = distinct([...said, ...given], keyOf);
      if (all.length === 0) return { readers: [], told: [] };
      const recipients = distinct(
        all.map((key) => key.recipientId),
        String,
      );
      const readers = await lockReaders(tx, recipients);
      // Under the lock: an erasure that begins later waits for it, and finds what is written here.
      const erased = await findErased(tx, 'notification', recipients);
      const isThere = ({ recipientId }: CauseKey) => !erased.has(recipientId);
      const [words, reviewed] = [newestWords(said).filter(isThere), given.filter(isThere)];
      const keys = all.filter(isThere);
      if (keys.length === 0) return { readers: [], told: [] };
      const known = await know(tx, words, keys);
      const settled = settle(words, reviewed, known);
      return settled.length > 0 ? write(tx, settled, known, readers) : { readers: [], told: [] };
    },
  };
}

function distinct<T>(items: readonly T[], text: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [text(item), item])).values()];
}

/** Change ids of a recipient grow, whatever the clocks of two processes say. */
function later(id: bigint, last: bigint): bigint {
  return id > last ? id : last + 1n;
}

/** Posts and comments that words or causes are about, each once. */
export function targetsOf(about: readonly Pick<Cause, 'postId' | 'commentId'>[]): bigint[] {
  return distinct(
    about.flatMap(({ postId, commentId }) => [postId, commentId]).filter((id) => id !== null),
    String,
  );
}

/** Towards the unread count. */
function countsAs({ actorCount, isRead }: { actorCount: number; isRead: boolean }): number {
  return actorCount > 0 && !isRead ? 1 : 0;
}
