import type { Executor } from '@tintype/postgres';
import { listPeople } from '#connections/connection.repository.ts';
import type { FollowService } from './follow.service.ts';

export type RequestService = {
  /**
   * Accepts every pending request of a public account, as long as it is public. If it is interrupted, the next run
   * continues.
   */
  acceptAll(userId: bigint): Promise<void>;
};

const PAGE = 100;

export function createRequestService(deps: { pool: Executor; follows: FollowService }): RequestService {
  const { pool, follows } = deps;
  return {
    async acceptAll(userId) {
      for (;;) {
        const waiting = await listPeople(
          pool,
          'followRequests',
          [{ parent: userId, from: null, limit: PAGE }],
          'forward',
        );
        // One after another, because each locks the account whose requests they are.
        for (const { userId: followerId } of waiting) {
          if (!(await follows.acceptAsPublic(userId, followerId))) return;
        }
        if (waiting.length < PAGE) return;
      }
    },
  };
}
