import type { NewEvent, Outbox } from '@tintype/events';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type pg from 'pg';

type Name = keyof SocialGraphEvents;

/** The relationships that can end between two people, and the names of actor and target in their events. */
const ENDS = {
  follow: (followerId: string, followeeId: string) => ({ followerId, followeeId }),
  'follow-request': (followerId: string, followeeId: string) => ({ followerId, followeeId }),
  block: (blockerId: string, blockedId: string) => ({ blockerId, blockedId }),
  mute: (muterId: string, mutedId: string) => ({ muterId, mutedId }),
} satisfies {
  [Relationship in 'follow' | 'follow-request' | 'block' | 'mute']: (
    who: string,
    whom: string,
  ) => SocialGraphEvents[`tintype.social-graph.${Relationship}.deleted.v1`];
};

export type SocialGraphPublisher = {
  /** Publishes a change between two people. Call it in the transaction that made the change, after it locked both people. */
  publish<Type extends Name>(tx: pg.PoolClient, type: Type, data: SocialGraphEvents[Type]): Promise<void>;
  /** Publishes that relationships of one kind ended. Call it in the transaction that removed them, after it locked the people. */
  publishEnded(
    tx: pg.PoolClient,
    relationship: keyof typeof ENDS,
    pairs: readonly { actorId: bigint; targetId: bigint }[],
  ): Promise<void>;
};

/** The subject of an event is the ordered pair, `<actor>:<target>`: the ids of the payload, in its order. */
export function createPublisher(outbox: Outbox): SocialGraphPublisher {
  return {
    async publish(tx, type, data) {
      const [actor, target] = Object.values(data);
      const event: NewEvent = { type, subject: `${actor}:${target}`, data };
      await outbox.append(tx, [event]);
    },
    async publishEnded(tx, relationship, pairs) {
      const type = `tintype.social-graph.${relationship}.deleted.v1`;
      const events = pairs.map(({ actorId, targetId }): NewEvent => {
        return { type, subject: `${actorId}:${targetId}`, data: ENDS[relationship](String(actorId), String(targetId)) };
      });
      await outbox.append(tx, events);
    },
  };
}
