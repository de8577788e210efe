import { addErasedPerson, type ErasureStep } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { eraseAppeals } from '#appeal/appeal.repository.ts';
import { closeCasesAbout, eraseExcerpts, eraseReportsAbout, eraseReportsOf } from './erasure.repository.ts';

/**
 * Erases what people wrote. Cases, decisions and the audit log stay, with the ids of deleted accounts: they say what
 * was done, and nobody can find a person by such an id.
 */
export function createErasureSteps({ pool }: { pool: Executor }): ErasureStep[] {
  return [
    {
      name: 'mark',
      async next(userId) {
        await addErasedPerson(pool, 'moderation', userId);
        return 0;
      },
    },
    { name: 'reports', next: (userId, limit) => eraseReportsOf(pool, userId, limit) },
    { name: 'cases', next: (userId, limit) => closeCasesAbout(pool, userId, limit) },
    // After the cases: once they are closed, no decision about them is made.
    { name: 'excerpts', next: (userId, limit) => eraseExcerpts(pool, userId, limit) },
    { name: 'appeals', next: (userId, limit) => eraseAppeals(pool, userId, limit) },
    { name: 'reports-about', next: (userId, limit) => eraseReportsAbout(pool, userId, limit) },
  ];
}
