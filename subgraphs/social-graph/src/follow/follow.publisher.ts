import type { NewEvent, Outbox } from '@tintype/events';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type pg from 'pg';

type Name = keyof SocialGraphEvents;

export type SocialGraphPublisher = {
  /** Tells what changed between two people, in the transaction that changed it and after it locked both. */
  tell<Type extends Name>(tx: pg.PoolClient, type: Type, data: SocialGraphEvents[Type]): Promise<void>;
};

/** The subject of an event is the ordered pair, `<who>:<whom>`: the ids of the payload, in its order. */
export function createPublisher(outbox: Outbox): SocialGraphPublisher {
  return {
    async tell(tx, type, data) {
      const [who, whom] = Object.values(data);
      const event: NewEvent = { type, subject: `${who}:${whom}`, data };
      await outbox.append(tx, [event]);
    },
  };
}
