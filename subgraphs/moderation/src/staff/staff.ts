import { RequestError, requireViewer } from '@tintype/graphql';
import type { Context } from '../context.ts';
import type { Role } from './role.loader.ts';

/** A moderator or admin who acts. */
export type Staff = { userId: bigint; role: Role };

/**
 * The viewer, with the role that they have at this moment: access tokens do not contain roles.
 *
 * @throws RequestError FORBIDDEN if they have none
 */
export async function requireStaff(context: Context): Promise<Staff> {
  const { userId } = requireViewer(context);
  const role = await context.loaders.roles.load(userId);
  if (!role) throw new RequestError('FORBIDDEN', 'This is only for moderators and admins.');
  return { userId, role };
}

/** @throws RequestError FORBIDDEN unless the viewer is an admin */
export async function requireAdmin(context: Context): Promise<Staff> {
  const staff = await requireStaff(context);
  if (staff.role !== 'ADMIN') throw new RequestError('FORBIDDEN', 'This is only for admins.');
  return staff;
}
