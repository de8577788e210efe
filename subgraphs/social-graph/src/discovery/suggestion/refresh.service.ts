import type { IdGenerator } from '@tintype/ids';
import { type Executor, transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findCandidates } from './candidate.repository.ts';
import { claimDirty } from './dirty.repository.ts';
import { lockActive, lockAsking, markComputed } from './reader.repository.ts';
import { replaceSuggestions } from './suggestion.repository.ts';
import { WEIGHTS } from './suggestion.rules.ts';

export type RefreshService = {
  /** Computes the suggestions of a viewer on request, unless another process has just done so. */
  onTheSpot(viewerId: bigint): Promise<void>;
  /**
   * Computes the suggestions of one due viewer. The mark is removed in the same transaction, so it stays if the process
   * is killed. Changes during the computation wait for its end and set a new mark.
   *
   * @returns the viewer, or null if nobody is due
   * @throws RefreshError
   */
  nextDue(): Promise<bigint | null>;
};

/** The viewer whose suggestions could not be computed. */
export class RefreshError extends Error {
  override name = 'RefreshError';
  readonly viewerId: bigint;
  constructor(viewerId: bigint, cause: unknown) {
    super('suggestions could not be computed', { cause });
    this.viewerId = viewerId;
  }
}

export function createRefreshService(deps: { pool: pg.Pool; ids: IdGenerator }): RefreshService {
  const { pool, ids } = deps;

  const compute = async (tx: Executor, viewerId: bigint, asked: boolean): Promise<void> => {
    await replaceSuggestions(tx, viewerId, await findCandidates(tx, viewerId, ids.next(), WEIGHTS));
    await markComputed(tx, viewerId, asked);
  };

  return {
    onTheSpot: (viewerId) =>
      transaction(pool, async (tx) => {
        if (!(await lockAsking(tx, viewerId))) await compute(tx, viewerId, true);
      }),
    nextDue: async () => {
      let claimed: bigint | null = null;
      try {
        await transaction(pool, async (tx) => {
          claimed = await claimDirty(tx);
          if (claimed !== null && (await lockActive(tx, claimed))) await compute(tx, claimed, false);
        });
      } catch (error) {
        throw claimed === null ? error : new RefreshError(claimed, error);
      }
      return claimed;
    },
  };
}
