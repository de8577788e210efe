import type { NewEvent, Outbox } from '@tintype/events';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type pg from 'pg';

type Name = keyof SocialGraphEvents;

/** What ends between two people, and how its event calls who did it and whom it concerned. */
const ENDS = {
  follow: (followerId: string, followeeId: string) => ({ followerId, followeeId }),
  'follow-request': (followerId: string, followeeId: string) => ({ followerId, followeeId }),
  block: (blockerId: string, blockedId: string) => ({ blockerId, blockedId }),
  mute: (muterId: string, mutedId: string) => ({ muterId, mutedId }),
} satisfies {
  [Tie in 'follow' | 'follow-request' | 'block' | 'mute']: (
    who: string,
    whom: string,
  ) => SocialGraphEvents[`tintype.social-graph.${Tie}.deleted.v1`];
};

export type SocialGraphPublisher = {
  /** Tells what changed between two people, in the transaction that changed it and after it locked both. */
  tell<Type extends Name>(tx: pg.PoolClient, type: Type, data: SocialGraphEvents[Type]): Promise<void>;
  /** Tells of many ends of one kind, in the transaction that made them and after it locked all of these people. */
  tellEnds(
    tx: pg.PoolClient,
    tie: keyof typeof ENDS,
    pairs: readonly { whoId: bigint; whomId: bigint }[],
  ): Promise<void>;
};

/** The subject of an event is the ordered pair, `<who>:<whom>`: the ids of the payload, in its order. */
export function createPublisher(outbox: Outbox): SocialGraphPublisher {
  return {
    async tell(tx, type, data) {
      const [who, whom] = Object.values(data);
      const event: NewEvent = { type, subject: `${who}:${whom}`, data };
      await outbox.append(tx, [event]);
    },
    async tellEnds(tx, tie, pairs) {
      const type = `tintype.social-graph.${tie}.deleted.v1`;
      const events = pairs.map(({ whoId, whomId }): NewEvent => {
        return { type, subject: `${whoId}:${whomId}`, data: ENDS[tie](String(whoId), String(whomId)) };
      });
      await outbox.append(tx, events);
    },
  };
}
