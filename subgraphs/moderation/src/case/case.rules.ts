import type { CaseState } from '#generated/graphql.ts';
import type { Role } from '#staff/role.loader.ts';
import type { Staff } from '#staff/staff.ts';
import type { CaseModel } from './case.model.ts';

/** What has to be done with a case. The same states as in the SQL of case.repository.ts. */
export function stateOf({ closedAt, action, claimedBy }: CaseModel): CaseState {
  if (closedAt !== null) return 'CLOSED';
  if (action !== null) return 'DECIDED';
  return claimedBy === null ? 'OPEN' : 'CLAIMED';
}

/**
 * Whether somebody may claim and decide a case: nobody about themselves, only admins about admins, and only another
 * moderator about a decision, or about what a moderator reported. An admin may decide about their own decisions and
 * reports, because there may be nobody else.
 *
 * @param found the case, and whether they sent a report in it, or in the case of the decision that it is about
 * @param role of the person whom the case is about
 */
export function mayDecide(
  { userId, role: own }: Staff,
  found: Pick<CaseModel, 'personId' | 'reviewedModeratorId'> & { isReporter: boolean },
  role: Role | null,
): boolean {
  const { personId, reviewedModeratorId, isReporter } = found;
  if (userId === personId) return false;
  return own === 'ADMIN' || (role !== 'ADMIN' && userId !== reviewedModeratorId && !isReporter);
}
