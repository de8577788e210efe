import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, readOf } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { ActivityKind } from '#generated/graphql.ts';
import type { ActivityModel } from './activity.model.ts';
import { listActivity } from './activity.repository.ts';

export type ActivityService = {
  /**
   * A person's activity, newest first.
   *
   * @param kinds all kinds if empty.
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(userId: bigint, kinds: readonly ActivityKind[], args: PageArgs): Promise<Connection<ActivityModel>>;
};

const ALL: readonly ActivityKind[] = ['COMMENT', 'LIKE', 'SAVE', 'SHARE'];

export function createActivityService(deps: { pool: Executor }): ActivityService {
  const { pool } = deps;
  return {
    async page(userId, kinds, args) {
      const wanted = kinds.length > 0 ? [...new Set(kinds)].sort() : ALL;
      const page = pageArgs(args, `activity:${userId}:${wanted.join()}`, 1);
      const rows = await listActivity(pool, userId, wanted, readOf(page));
      return connection(
        rows,
        page,
        (row) => row,
        (row) => encodeCursor(page.kind, [row.id]),
      );
    },
  };
}
