import { type Executor, query, statement } from '@tintype/postgres';
import { uniqueForm } from '#account/account.rules.ts';
import type { Role } from '#generated/graphql.ts';

const ROLES_OF = statement(
  'roles_of',
  `SELECT user_id AS "userId", role FROM "user".role WHERE user_id = ANY($1)`,
).narrow<{ role: Role }>();

/** The roles of those among these people who have one, also while their account is hidden. */
export function findRoles(executor: Executor, ids: readonly bigint[]): Promise<{ userId: bigint; role: Role }[]> {
  return query(executor, ROLES_OF, [ids]);
}

export type StaffMemberModel = { userId: bigint; role: Role; grantedAt: Date };

const STAFF_LIST = statement(
  'staff_list',
  `SELECT user_id AS "userId", role, granted_at AS "grantedAt" FROM "user".role WHERE user_id > $1
   ORDER BY user_id LIMIT $2`,
).narrow<{ role: Role }>();

/** Everybody with a role, in the order of their ids. */
export function listStaff(executor: Executor, after: bigint, limit: number): Promise<StaffMemberModel[]> {
  return query(executor, STAFF_LIST, [after, limit]);
}

const STAFF_BY_USERNAME = statement(
  'staff_by_username',
  `SELECT r.user_id AS "userId" FROM "user".role r JOIN "user".account a ON a.id = r.user_id WHERE a.username_key = $1`,
);

/** Somebody with a role, whose account may be deactivated. */
export async function findStaffByUsername(executor: Executor, username: string): Promise<bigint | null> {
  return (await query(executor, STAFF_BY_USERNAME, [uniqueForm(username)]))[0]?.userId ?? null;
}

const ROLE_SET = statement(
  'role_set',
  `INSERT INTO "user".role AS r (user_id, role) VALUES ($1, $2)
   ON CONFLICT (user_id) DO UPDATE SET role = excluded.role, granted_at = now() WHERE r.role <> excluded.role
   RETURNING 1`,
);

/** @returns whether the person did not have the role */
export async function setRole(tx: Executor, userId: bigint, role: Role): Promise<boolean> {
  return (await query(tx, ROLE_SET, [userId, role])).length > 0;
}

const ROLE_REMOVE = statement('role_remove', 'DELETE FROM "user".role WHERE user_id = $1 RETURNING role').narrow<{
  role: Role;
}>();

/** @returns the role that the person had, or null */
export async function removeRole(tx: Executor, userId: bigint): Promise<Role | null> {
  return (await query(tx, ROLE_REMOVE, [userId]))[0]?.role ?? null;
}

const ROLE_LOCK = statement('role_lock', 'SELECT role FROM "user".role WHERE user_id = $1 FOR SHARE').narrow<{
  role: Role;
}>();

/** The role of somebody who is about to act. It does not change before the transaction ends. */
export async function lockRole(tx: Executor, userId: bigint): Promise<Role | null> {
  return (await query(tx, ROLE_LOCK, [userId]))[0]?.role ?? null;
}
