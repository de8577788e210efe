import type { ErasureStep } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { SocialGraphPublisher } from '#follow/follow.publisher.ts';
import { lockPeople } from '#person/person.repository.ts';
import { markGone, removeSuggestions } from './own.repository.ts';
import { listTied, removeTies, type Side, type Tie, uncountFollows } from './tie.repository.ts';

/** Requests before follows: until the last one is gone somebody may accept one. */
const TIES: readonly Tie[] = ['follow-request', 'follow', 'block', 'mute'];
const SIDES: readonly Side[] = ['who', 'whom'];

/** What the social graph has of a person whose account is deleted. Each end of something between two people is told. */
export function createErasureSteps(deps: { pool: pg.Pool; publisher: SocialGraphPublisher }): ErasureStep[] {
  const { pool, publisher } = deps;

  const untie = (tie: Tie, side: Side): ErasureStep['next'] =>
    async function next(userId, limit) {
      const others = await listTied(pool, tie, side, userId, limit);
      if (others.length === 0) return 0;
      const pairs = others.map((id) =>
        side === 'who' ? { whoId: userId, whomId: id } : { whoId: id, whomId: userId },
      );
      await transaction(pool, async (tx) => {
        await lockPeople(tx, [userId, ...others]);
        const removed = await removeTies(tx, tie, pairs);
        if (tie === 'follow') await uncountFollows(tx, removed);
        await publisher.tellEnds(tx, tie, removed);
      });
      return others.length;
    };

  return [
    {
      name: 'mark',
      async next(userId) {
        await markGone(pool, userId);
        return 0;
      },
    },
    ...TIES.flatMap((tie) => SIDES.map((side) => ({ name: `${tie} ${side}`, next: untie(tie, side) }))),
    {
      name: 'suggestions',
      async next(userId) {
        await transaction(pool, (tx) => removeSuggestions(tx, userId));
        return 0;
      },
    },
  ];
}
