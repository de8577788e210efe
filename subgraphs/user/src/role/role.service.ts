import { type Connection, connection, encodeCursor, type PageArgs, pageArgs, RequestError } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountModel } from '#account/account.model.ts';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { lockAccount } from '#account/account.repository.ts';
import { lockState } from '#account/closure.repository.ts';
import type { GrantRoleErrorCode, RevokeRoleErrorCode, Role } from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import { findRoles, listStaff, lockRole, removeRole, type StaffMemberModel, setRole } from './role.repository.ts';

/** `user` is null for an account that is not active. */
export type RoleOutcome =
  | { user: AccountModel | null }
  | { error: InputError<GrantRoleErrorCode & RevokeRoleErrorCode> };

export type RoleService = {
  find(ids: readonly bigint[]): Promise<{ userId: bigint; role: Role }[]>;
  /** @throws RequestError FORBIDDEN for people without a role, BAD_PAGE_SIZE, BAD_CURSOR */
  list(viewerId: bigint, args: PageArgs): Promise<Connection<StaffMemberModel>>;
  /**
   * @param by an admin, or null for somebody with access to the database
   * @throws RequestError FORBIDDEN for everybody else
   */
  grant(by: bigint | null, userId: bigint, role: Role): Promise<RoleOutcome>;
  /** The same, also while the account is deactivated. Does nothing if the person has no role. */
  revoke(by: bigint | null, userId: bigint): Promise<RoleOutcome>;
};

/** The name of the list in its cursors. */
const CURSOR = 'staff';

/**
 * Who may do more than others. Roles are read from the database whenever they matter, so they end at once. Each change
 * publishes an event, which the moderation subgraph records in its audit log.
 */
export function createRoleService(deps: { pool: pg.Pool; publisher: AccountPublisher }): RoleService {
  const { pool, publisher } = deps;

  const asAdmin = (
    by: bigint | null,
    userId: bigint,
    change: (tx: pg.PoolClient) => Promise<RoleOutcome>,
  ): Promise<RoleOutcome> =>
    transaction(pool, async (tx): Promise<RoleOutcome> => {
      if (by !== null && (await lockRole(tx, by)) !== 'ADMIN') throw forbidden('admins');
      return by === userId ? { error: inputError('SELF_NOT_ALLOWED', 'userId') } : change(tx);
    });

  return {
    find: (ids) => findRoles(pool, ids),
    async list(viewerId, args) {
      if ((await findRoles(pool, [viewerId])).length === 0) throw forbidden('moderators and admins');
      const page = pageArgs(args, CURSOR, 1);
      const rows = await listStaff(pool, page.from?.[0] ?? 0n, page.size + 1);
      return connection(
        rows,
        page,
        (row) => row,
        ({ userId }) => encodeCursor(page.kind, [userId]),
      );
    },
    grant: (by, userId, role) =>
      asAdmin(by, userId, async (tx) => {
        const user = await lockAccount(tx, userId);
        if (!user) return { error: inputError('USER_NOT_FOUND', 'userId') };
        if (await setRole(tx, userId, role)) await publisher.roleGranted(tx, { userId, by, role });
        return { user };
      }),
    revoke: (by, userId) =>
      asAdmin(by, userId, async (tx) => {
        if ((await lockState(tx, userId)) === null) return { error: inputError('USER_NOT_FOUND', 'userId') };
        const role = await removeRole(tx, userId);
        if (role) await publisher.roleRevoked(tx, { userId, by, role });
        return { user: await lockAccount(tx, userId) };
      }),
  };
}

function forbidden(who: string): RequestError {
  return new RequestError('FORBIDDEN', `This is only for ${who}.`);
}
