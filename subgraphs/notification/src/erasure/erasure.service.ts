import { type ErasureStep, noteErased } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { clearReader, lockReaders } from '#reader/reader.repository.ts';
import type { UnreadStore } from '#unread/unread.store.ts';
import { deleteRows, OWN_TABLES, type OwnTable } from './erasure.repository.ts';

/**
 * What notification has of a person whose account is deleted: what they were told, how, and whom they want to hear of. What they did
 * goes out of the notifications of others by its owners' events. The row that changes of a recipient lock stays, and says nothing.
 */
export function createErasureSteps(deps: { pool: pg.Pool; unread: UnreadStore }): ErasureStep[] {
  const { pool, unread } = deps;

  /** Under the lock of the recipient: who wrote for them before has committed, and who comes later sees the mark. */
  const removeFrom = (table: OwnTable) => (userId: bigint, limit: number) =>
    transaction(pool, async (tx) => {
      await lockReaders(tx, [userId]);
      return deleteRows(tx, table, userId, limit);
    });

  return [
    {
      name: 'mark',
      async next(userId) {
        await noteErased(pool, 'notification', userId);
        return 0;
      },
    },
    ...OWN_TABLES.map((table) => ({ name: table, next: removeFrom(table) })),
    // Last: until its notifications are gone, somebody may still mark them as read.
    {
      name: 'unread',
      async next(userId) {
        const cleared = await transaction(pool, async (tx) => {
          await lockReaders(tx, [userId]);
          return clearReader(tx, userId);
        });
        if (cleared) await unread.publish([cleared]);
        return 0;
      },
    },
  ];
}
