import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { NotificationKind } from '@tintype/schema/events/notification';
import { findRecipient } from '#reconcile/recipient.repository.ts';
import type { NotificationModel } from './notification.model.ts';
import { listNotifications, listSince } from './notification.repository.ts';

export type NotificationService = {
  /** Latest first. @param kinds all where it is empty. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(recipientId: bigint, kinds: readonly NotificationKind[], args: PageArgs): Promise<Connection<NotificationModel>>;
  /** Everything that changed after a change, oldest change first. @throws RequestError BAD_PAGE_SIZE */
  since(recipientId: bigint, changeId: bigint, first: number | null | undefined): Promise<NotificationModel[]>;
  /** @returns 0 if the person has never had a notification */
  newestChange(recipientId: bigint): Promise<bigint>;
};

const CURSOR = 'notifications';

export function createNotificationService(deps: { pool: Executor }): NotificationService {
  const { pool } = deps;
  return {
    async page(recipientId, kinds, args) {
      const page = pageArgs(args, CURSOR, 1);
      const wanted = [...new Set(kinds)];
      const rows = await listNotifications(pool, recipientId, wanted, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        (row) => encodeCursor(CURSOR, [row.changeId]),
      );
    },
    since: async (recipientId, changeId, first) =>
      listSince(pool, recipientId, changeId, pageArgs({ first: first ?? null }, CURSOR, 1).size),
    newestChange: async (recipientId) => (await findRecipient(pool, recipientId))?.lastChangeId ?? 0n,
  };
}
