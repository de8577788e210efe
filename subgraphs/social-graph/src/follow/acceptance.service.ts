import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, gauge } from '@tintype/telemetry';
import type pg from 'pg';
import { lockPeople } from '#person/person.repository.ts';
import {
  countAcceptances,
  deleteRequests,
  endAcceptance,
  listAcceptances,
  listOldestRequests,
} from './acceptance.repository.ts';
import type { SocialGraphPublisher } from './follow.publisher.ts';
import { insertFollows } from './follow.repository.ts';

export type AcceptanceService = {
  /**
   * Accepts some follow requests of each of some accounts that have become public, the oldest first. Can run twice, and
   * in several processes at once. @returns whether there may be more
   */
  acceptSome(signal: AbortSignal): Promise<boolean>;
};

/** Accounts that take turns, so that one with many requests does not keep the others waiting. */
const ACCOUNTS = 20;
const PAGE = 200;

const accepted = counter(
  'social_graph_requests_accepted_total',
  'Follow requests that were accepted because the account became public',
  [],
);
const waiting = gauge('social_graph_acceptances', 'Public accounts whose follow requests are being accepted', []);

export function createAcceptanceService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  publisher: SocialGraphPublisher;
  /** The requests that one transaction accepts. */
  page?: number;
}): AcceptanceService {
  const { pool, ids, publisher, page = PAGE } = deps;

  /**
   * Accepts a page of requests, even of people who are deactivated. While the row of the account is locked, it can
   * neither become public nor get a request.
   */
  const acceptPage = async (userId: bigint): Promise<void> => {
    const asking = await listOldestRequests(pool, userId, page);
    const count = await transaction(pool, async (tx) => {
      const locked = await lockPeople(tx, [userId, ...asking]);
      const person = locked.find((one) => one.userId === userId);
      const isPublic = person !== undefined && !person.isPrivate && !person.hidden;
      if (!isPublic || asking.length === 0) {
        await endAcceptance(tx, userId, !isPublic);
        return 0;
      }
      const followerIds = await deleteRequests(tx, userId, asking);
      const pairs = followerIds.map((followerId) => ({ actorId: followerId, targetId: userId }));
      await publisher.publishEnded(tx, 'follow-request', pairs);
      const follows = followerIds.map((followerId) => ({ followerId, followeeId: userId, id: ids.next() }));
      await publisher.publishAccepted(tx, await insertFollows(tx, follows));
      return followerIds.length;
    });
    accepted.inc({}, count);
  };

  return {
    async acceptSome(signal) {
      const accounts = await listAcceptances(pool, ACCOUNTS);
      for (const userId of accounts) {
        signal.throwIfAborted();
        await acceptPage(userId);
      }
      waiting.set(accounts.length < ACCOUNTS ? accounts.length : await countAcceptances(pool));
      return accounts.length > 0;
    },
  };
}
