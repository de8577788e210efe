import { type Executor, query, statement } from '@tintype/postgres';

const APPEAL_ADD = statement(
  'appeal_add',
  'INSERT INTO moderation.appeal (decision_id, case_id, text) VALUES ($1, $2, $3)',
);

export async function addAppeal(
  tx: Executor,
  appeal: { decisionId: bigint; caseId: bigint; text: string },
): Promise<void> {
  await query(tx, APPEAL_ADD, [appeal.decisionId, appeal.caseId, appeal.text]);
}

const CASE_OF_OWN_DECISION = statement(
  'case_of_own_decision',
  `SELECT c.id FROM moderation.decision d JOIN moderation.case c ON c.id = d.case_id
   WHERE d.id = $1 AND c.person_id = $2`,
);

/** The case in which this was decided about a person. */
export async function findDecidedCase(
  executor: Executor,
  decisionId: bigint,
  personId: bigint,
): Promise<bigint | null> {
  return (await query(executor, CASE_OF_OWN_DECISION, [decisionId, personId]))[0]?.id ?? null;
}

const APPEALS_ERASE = statement(
  'appeals_erase',
  `UPDATE moderation.appeal SET text = '' WHERE decision_id IN (
     SELECT a.decision_id FROM moderation.case c JOIN moderation.appeal a ON a.case_id = c.id
     WHERE c.person_id = $1 AND a.text <> '' LIMIT $2) RETURNING 1`,
);

/** Clears what a person wrote in appeals. @returns how many it found */
export async function eraseAppeals(executor: Executor, personId: bigint, limit: number): Promise<number> {
  return (await query(executor, APPEALS_ERASE, [personId, limit])).length;
}
