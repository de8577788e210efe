import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { UnreadStore } from '#live/unread.store.ts';
import { lockRecipients, type Recipient, updateRecipients } from '#reconcile/recipient.repository.ts';
import { markRead, markReadUpTo } from './notification.repository.ts';

export type ReadService = {
  /** Can be repeated. @returns the unread count */
  markRead(recipientId: bigint, id: bigint): Promise<number>;
  /** @param upTo the latest change that the person has seen; null for everything @returns the unread count */
  markAllRead(recipientId: bigint, upTo: bigint | null): Promise<number>;
};

/** Rows of one transaction, because other changes of the recipient wait for it. */
const PAGE_SIZE = 1000;

export function createReadService(deps: { pool: pg.Pool; unread: UnreadStore }): ReadService {
  const { pool, unread } = deps;

  /** @param mark resolves to how many notifications it marked as read */
  const change = async (
    recipientId: bigint,
    mark: (tx: pg.PoolClient, recipient: Recipient) => Promise<number>,
  ): Promise<{ recipient: Recipient; marked: number }> => {
    const changed = await transaction(pool, async (tx) => {
      const [before] = await lockRecipients(tx, [recipientId]);
      const marked = await mark(tx, before!);
      const updates = [{ recipientId, addedUnread: -marked, lastChangeId: before!.lastChangeId }];
      const [recipient = before!] = marked > 0 ? await updateRecipients(tx, updates) : [];
      return { recipient, marked };
    });
    if (changed.marked > 0) await unread.publish([changed.recipient]);
    return changed;
  };

  return {
    async markRead(recipientId, id) {
      const { recipient } = await change(recipientId, (tx) => markRead(tx, recipientId, id));
      return recipient.unreadCount;
    },
    async markAllRead(recipientId, upTo) {
      let end = upTo;
      for (;;) {
        const { recipient, marked } = await change(recipientId, (tx, { lastChangeId }) => {
          end ??= lastChangeId;
          return markReadUpTo(tx, recipientId, end, PAGE_SIZE);
        });
        if (marked < PAGE_SIZE) return recipient.unreadCount;
      }
    },
  };
}
