import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { pageRank } from './page-rank.rules.ts';
import {
  claimTopic,
  type Influencer,
  listFollowsAmong,
  listTopicPeople,
  postponeTopic,
  replaceInfluencers,
} from './topic.repository.ts';

export type InfluenceService = {
  /**
   * Computes one topic that is due. Its mark is removed in the same transaction, so it stays if the process is killed.
   *
   * @returns its hashtag, or null if no topic is due
   */
  nextDue(): Promise<string | null>;
};

/** Ranks are stored as whole numbers. */
const BILLION = 1e9;
const POSTPONED_MS = 5 * 60_000;
/** A topic is also computed without a mark, because follows change and posts become too old. */
const AGAIN_MS = 24 * 60 * 60_000;
/** PageRank among fewer people says nothing. */
const MIN_PEOPLE = 3;

export function createInfluenceService(deps: { pool: pg.Pool }): InfluenceService {
  const { pool } = deps;

  const compute = async (tx: pg.PoolClient, key: string): Promise<void> => {
    const people = await listTopicPeople(tx, key);
    if (people.length < MIN_PEOPLE) return replaceInfluencers(tx, key, []);
    const follows = await listFollowsAmong(tx, people);
    const numbers = new Map(people.map((id, number) => [id, number]));
    const links: number[][] = people.map(() => []);
    for (const { follower, followee } of follows) links[numbers.get(follower)!]!.push(numbers.get(followee)!);
    const found = pageRank(links)
      .map((rank, number): Influencer => ({ personId: people[number]!, score: BigInt(Math.round(rank * BILLION)) }))
      .toSorted((one, other) => Number(other.score - one.score) || Number(other.personId - one.personId));
    await replaceInfluencers(tx, key, found);
    await postponeTopic(tx, key, AGAIN_MS);
  };

  return {
    async nextDue() {
      let claimed: string | null = null;
      try {
        await transaction(pool, async (tx) => {
          claimed = await claimTopic(tx);
          if (claimed !== null) await compute(tx, claimed);
        });
      } catch (error) {
        if (claimed !== null) await postponeTopic(pool, claimed, POSTPONED_MS);
        throw error;
      }
      return claimed;
    },
  };
}
