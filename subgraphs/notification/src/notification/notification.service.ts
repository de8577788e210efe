import { type Connection, type Loader, type PageArgs, pageArgs, visiblePage } from '@tintype/graphql';
import type { Relation } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import { findRecipient } from '#reconcile/recipient.repository.ts';
import type { NotificationModel } from './notification.model.ts';
import { listNotifications, listSince, listUnreadSince } from './notification.repository.ts';
import { findVisibleNotifications } from './visible-notifications.ts';

export type NotificationService = {
  /**
   * Those that the recipient may know of, latest first.
   *
   * @param kinds all if empty @param relations of the recipient @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(
    recipientId: bigint,
    kinds: readonly NotificationKind[],
    args: PageArgs,
    relations: Loader<bigint, Relation>,
  ): Promise<Connection<NotificationModel>>;
  /**
   * How many of the unread notifications the recipient may know of.
   *
   * @param counted how many there are by the stored count
   */
  countUnread(recipientId: bigint, counted: number, relations: Loader<bigint, Relation>): Promise<number>;
  /** Everything that changed after a change, oldest change first. @throws RequestError BAD_PAGE_SIZE */
  since(recipientId: bigint, changeId: bigint, first: number | null | undefined): Promise<NotificationModel[]>;
  /** @returns 0 if the person has never had a notification */
  newestChange(recipientId: bigint): Promise<bigint>;
};

const CURSOR = 'notifications';
/**
 * Up to this many, the unread count is exact at once. Beyond that, one hidden notification more or less reveals
 * nothing.
 */
const EXACT_COUNT = 50;

export function createNotificationService(deps: { pool: Executor }): NotificationService {
  const { pool } = deps;
  return {
    async page(recipientId, kinds, args, relations) {
      const wanted = [...new Set(kinds)].sort();
      const page = pageArgs(args, `${CURSOR}:${recipientId}:${wanted.join()}`, 1);
      const { direction } = page;
      return visiblePage({
        page,
        read: (from, limit) => listNotifications(pool, recipientId, wanted, { from: from?.[0], direction, limit }),
        sortKeyOf: ({ changeId }) => [changeId],
        async present(rows) {
          const visible = await findVisibleNotifications(rows, relations);
          return rows.map((row) => (visible.has(row) ? row : null));
        },
      });
    },
    async countUnread(recipientId, counted, relations) {
      if (counted === 0 || counted > EXACT_COUNT) return counted;
      const unread = await listUnreadSince(pool, recipientId, 0n, EXACT_COUNT);
      return (await findVisibleNotifications(unread, relations)).size;
    },
    since: async (recipientId, changeId, first) =>
      listSince(pool, recipientId, changeId, pageArgs({ first: first ?? null }, CURSOR, 1).size),
    newestChange: async (recipientId) => (await findRecipient(pool, recipientId))?.lastChangeId ?? 0n,
  };
}
