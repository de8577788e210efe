import type { Executor } from '@tintype/postgres';
import { hasReported } from '#report/report.repository.ts';
import type { Role } from '#staff/role.loader.ts';
import type { Staff } from '#staff/staff.ts';
import type { CaseModel } from './case.model.ts';
import { findCase } from './case.repository.ts';
import { mayDecide } from './case.rules.ts';

export type RoleOf = (userId: bigint) => Promise<Role | null>;

/** A case that somebody may claim, decide and undo, or why they may not. */
export async function findAllowedCase(
  executor: Executor,
  staff: Staff,
  id: bigint,
  roleOf: RoleOf,
): Promise<{ case: CaseModel } | { error: 'CASE_NOT_FOUND' | 'CASE_NOT_ALLOWED' }> {
  const found = await findCase(executor, id);
  if (!found) return { error: 'CASE_NOT_FOUND' };
  const [role, isReporter] = await Promise.all([
    roleOf(found.personId),
    hasReported(executor, staff.userId, [found.id, found.decidedCaseId ?? found.id]),
  ]);
  return mayDecide(staff, { ...found, isReporter }, role) ? { case: found } : { error: 'CASE_NOT_ALLOWED' };
}
