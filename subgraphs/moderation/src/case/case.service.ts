import { type Connection, connection, encodeCursor, type PageArgs, pageArgs } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addAuditEntry } from '#audit/audit.repository.ts';
import type { ClaimCaseErrorCode, ReleaseCaseErrorCode } from '#generated/graphql.ts';
import type { Staff } from '#staff/staff.ts';
import { CLAIM_MINUTES } from '../limits.ts';
import { findAllowedCase, type RoleOf } from './allowed-case.ts';
import type { CaseModel } from './case.model.ts';
import { type CaseFilter, findCase, listCases, lockCase, removeClaim, setClaim } from './case.repository.ts';

export type CaseOutcome<Code> = { case: CaseModel } | { error: Code };

export type CaseService = {
  find(id: bigint): Promise<CaseModel | null>;
  /** Cases in the order in which they were opened. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(filter: CaseFilter, args: PageArgs): Promise<Connection<CaseModel>>;
  /** Claims a case that nobody else has claimed. Repeating it starts the time again. */
  claim(staff: Staff, id: bigint, roleOf: RoleOf): Promise<CaseOutcome<ClaimCaseErrorCode>>;
  release(staff: Staff, id: bigint): Promise<CaseOutcome<ReleaseCaseErrorCode>>;
  /** Records that somebody looks at what a case is about. Call it before they see it. */
  noteView(staff: Staff, found: CaseModel): Promise<void>;
};

/** The name of the list in its cursors. */
const CURSOR = 'cases';

/** Each change locks the case, so that of two moderators only one gets it. */
export function createCaseService(deps: { pool: pg.Pool; ids: IdGenerator }): CaseService {
  const { pool, ids } = deps;

  const read = async (tx: pg.PoolClient, id: bigint): Promise<{ case: CaseModel }> => ({
    case: (await findCase(tx, id))!,
  });

  return {
    find: (id) => findCase(pool, id),
    async page(filter, args) {
      const kind = [CURSOR, filter.states.toSorted().join(), filter.reasons.toSorted().join()].join(':');
      const page = pageArgs(args, kind, 1);
      const rows = await listCases(pool, filter, page.from?.[0] ?? 0n, page.size + 1);
      return connection(
        rows,
        page,
        (row) => row,
        ({ id }) => encodeCursor(page.kind, [id]),
      );
    },
    async claim(staff, id, roleOf) {
      const allowed = await findAllowedCase(pool, staff, id, roleOf);
      if ('error' in allowed) return allowed;
      return transaction(pool, async (tx): Promise<CaseOutcome<ClaimCaseErrorCode>> => {
        const found = await lockCase(tx, id);
        if (!found) return { error: 'CASE_NOT_FOUND' };
        if (found.closedAt !== null || found.action !== null) return { error: 'CASE_DECIDED' };
        if (found.claimedBy !== null && found.claimedBy !== staff.userId) return { error: 'CASE_CLAIMED' };
        await setClaim(tx, id, staff.userId, CLAIM_MINUTES);
        const isNew = found.claimedBy === null;
        if (isNew) await addAuditEntry(tx, { id: ids.next(), kind: 'CASE_CLAIMED', actorId: staff.userId, caseId: id });
        return read(tx, id);
      });
    },
    release: (staff, id) =>
      transaction(pool, async (tx): Promise<CaseOutcome<ReleaseCaseErrorCode>> => {
        const found = await lockCase(tx, id);
        if (!found) return { error: 'CASE_NOT_FOUND' };
        if (found.claimedBy !== staff.userId || found.action !== null) return { error: 'CASE_NOT_CLAIMED' };
        await removeClaim(tx, id);
        await addAuditEntry(tx, { id: ids.next(), kind: 'CASE_RELEASED', actorId: staff.userId, caseId: id });
        return read(tx, id);
      }),
    noteView: ({ userId: actorId }, { id: caseId }) =>
      addAuditEntry(pool, { id: ids.next(), kind: 'CONTENT_VIEWED', actorId, caseId }),
  };
}
