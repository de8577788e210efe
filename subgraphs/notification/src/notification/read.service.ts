import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { lockReaders, moveReaders, type Reader } from '#reader/reader.repository.ts';
import type { UnreadStore } from '#unread/unread.store.ts';
import { markRead, markReadUpTo } from './notification.repository.ts';

export type ReadService = {
  /** Repeats change nothing. @returns how many are unread now */
  markRead(recipientId: bigint, id: bigint): Promise<number>;
  /** @param upTo newest change that was seen; everything that is there now where it is null */
  markAllRead(recipientId: bigint, upTo: bigint | null): Promise<number>;
};

/** Rows of one transaction: others who wait for the recipient wait so long. */
const PAGE = 1000;

export function createReadService(deps: { pool: pg.Pool; unread: UnreadStore }): ReadService {
  const { pool, unread } = deps;

  /** @param mark answers with how many it marked */
  const change = async (
    recipientId: bigint,
    mark: (tx: pg.PoolClient, reader: Reader) => Promise<number>,
  ): Promise<{ reader: Reader; marked: number }> => {
    const changed = await transaction(pool, async (tx) => {
      const [before] = await lockReaders(tx, [recipientId]);
      const marked = await mark(tx, before!);
      const moves = [{ recipientId, by: -marked, lastChangeId: before!.lastChangeId }];
      const [reader = before!] = marked > 0 ? await moveReaders(tx, moves) : [];
      return { reader, marked };
    });
    if (changed.marked > 0) await unread.publish([changed.reader]);
    return changed;
  };

  return {
    async markRead(recipientId, id) {
      const { reader } = await change(recipientId, (tx) => markRead(tx, recipientId, id));
      return reader.unreadCount;
    },
    async markAllRead(recipientId, upTo) {
      let end = upTo;
      for (;;) {
        const { reader, marked } = await change(recipientId, (tx, { lastChangeId }) => {
          end ??= lastChangeId;
          return markReadUpTo(tx, recipientId, end, PAGE);
        });
        if (marked < PAGE) return reader.unreadCount;
      }
    },
  };
}
