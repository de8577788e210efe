import { type Executor, query, statement } from '@tintype/postgres';

const REPORTS_ERASE = statement(
  'reports_erase',
  `UPDATE moderation.report SET reporter_id = NULL, text = ''
   WHERE id IN (SELECT id FROM moderation.report WHERE reporter_id = $1 ORDER BY id LIMIT $2) RETURNING 1`,
);

/** Removes a person and their texts from the reports that they sent. @returns how many it found */
export async function eraseReportsOf(executor: Executor, userId: bigint, limit: number): Promise<number> {
  return (await query(executor, REPORTS_ERASE, [userId, limit])).length;
}

const REPORTS_ABOUT_ERASE = statement(
  'reports_about_erase',
  `UPDATE moderation.report SET text = '' WHERE id IN (
     SELECT r.id FROM moderation.case c JOIN moderation.report r ON r.case_id = c.id
     WHERE c.person_id = $1 AND r.text <> '' LIMIT $2) RETURNING 1`,
);

/** Clears what others wrote about a person in reports. @returns how many it found */
export async function eraseReportsAbout(executor: Executor, userId: bigint, limit: number): Promise<number> {
  return (await query(executor, REPORTS_ABOUT_ERASE, [userId, limit])).length;
}

const EXCERPTS_ERASE = statement(
  'excerpts_erase',
  `UPDATE moderation.decision SET excerpt = NULL WHERE id IN (
     SELECT d.id FROM moderation.case c JOIN moderation.decision d ON d.case_id = c.id
     WHERE c.person_id = $1 AND d.excerpt IS NOT NULL LIMIT $2) RETURNING 1`,
);

/** Clears what decisions about a person keep of what was judged. @returns how many it found */
export async function eraseExcerpts(executor: Executor, userId: bigint, limit: number): Promise<number> {
  return (await query(executor, EXCERPTS_ERASE, [userId, limit])).length;
}

const CASES_CLOSE = statement(
  'cases_close',
  `UPDATE moderation.case SET closed_at = now(), claimed_by = NULL, claimed_until = NULL
   WHERE decided_at IS NULL AND closed_at IS NULL AND id IN (SELECT id FROM moderation.case
     WHERE person_id = $1 AND decided_at IS NULL AND closed_at IS NULL LIMIT $2) RETURNING 1`,
);

/** Closes the undecided cases about a person. @returns how many it found */
export async function closeCasesAbout(executor: Executor, userId: bigint, limit: number): Promise<number> {
  return (await query(executor, CASES_CLOSE, [userId, limit])).length;
}
