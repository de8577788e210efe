import { addErasedPerson, type ErasureStep } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { UnreadStore } from '#live/unread.store.ts';
import { clearUnread, lockRecipients } from '#reconcile/recipient.repository.ts';
import { deleteRows, PERSON_TABLES, type PersonTable } from './erasure.repository.ts';

/**
 * Removes the notifications, settings, destinations and relationships of a deleted account. Events of the owners of
 * likes, comments and follows remove the account from the notifications of others. The recipient's row stays, because
 * changes lock it.
 */
export function createErasureSteps(deps: { pool: pg.Pool; unread: UnreadStore }): ErasureStep[] {
  const { pool, unread } = deps;

  /** Under the lock of the recipient: earlier writers have committed, and later ones see the mark. */
  const removeFrom = (table: PersonTable) => (userId: bigint, limit: number) =>
    transaction(pool, async (tx) => {
      await lockRecipients(tx, [userId]);
      return deleteRows(tx, table, userId, limit);
    });

  return [
    {
      name: 'mark',
      async next(userId) {
        await addErasedPerson(pool, 'notification', userId);
        return 0;
      },
    },
    ...PERSON_TABLES.map((table) => ({ name: table, next: removeFrom(table) })),
    // Last, because a notification may be marked as read until it is deleted.
    {
      name: 'unread',
      async next(userId) {
        const cleared = await transaction(pool, async (tx) => {
          await lockRecipients(tx, [userId]);
          return clearUnread(tx, userId);
        });
        if (cleared) await unread.publish([cleared]);
        return 0;
      },
    },
  ];
}
