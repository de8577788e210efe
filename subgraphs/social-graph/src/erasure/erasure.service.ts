import type { ErasureStep } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { SocialGraphPublisher } from '#follow/follow.publisher.ts';
import { lockPeople } from '#person/person.repository.ts';
import { markDeleted, removeSuggestions } from './erased-person.repository.ts';
import {
  listRelated,
  type Relationship,
  removeRelationships,
  type Side,
  uncountFollows,
} from './relationship.repository.ts';

/** Requests come before follows, because somebody may still accept a request and so create a follow. */
const RELATIONSHIPS: readonly Relationship[] = [
  'follow-request',
  'follow',
  'block',
  'mute',
  'restriction',
  'close-friend',
];
const SIDES: readonly Side[] = ['actor', 'target'];

/** The steps that remove everything of a deleted account. The end of each relationship that has events is published. */
export function createErasureSteps(deps: { pool: pg.Pool; publisher: SocialGraphPublisher }): ErasureStep[] {
  const { pool, publisher } = deps;

  const removeAll = (relationship: Relationship, side: Side): ErasureStep['next'] =>
    async function next(userId, limit) {
      const others = await listRelated(pool, relationship, side, userId, limit);
      if (others.length === 0) return 0;
      const pairs = others.map((id) =>
        side === 'actor' ? { actorId: userId, targetId: id } : { actorId: id, targetId: userId },
      );
      await transaction(pool, async (tx) => {
        await lockPeople(tx, [userId, ...others]);
        const removed = await removeRelationships(tx, relationship, pairs);
        if (relationship === 'follow') await uncountFollows(tx, removed);
        if (relationship !== 'restriction' && relationship !== 'close-friend')
          await publisher.publishEnded(tx, relationship, removed);
      });
      return others.length;
    };

  return [
    {
      name: 'mark',
      async next(userId) {
        await markDeleted(pool, userId);
        return 0;
      },
    },
    ...RELATIONSHIPS.flatMap((relationship) =>
      SIDES.map((side) => ({ name: `${relationship} ${side}`, next: removeAll(relationship, side) })),
    ),
    {
      name: 'suggestions',
      async next(userId) {
        await transaction(pool, (tx) => removeSuggestions(tx, userId));
        return 0;
      },
    },
  ];
}
