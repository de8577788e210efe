import type { Outbox } from '@tintype/events';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type pg from 'pg';
import type { NewFollow } from './follow.repository.ts';

/** The relationships that can end between two people. */
type Relationship = 'follow' | 'follow-request' | 'block' | 'mute';

type Ended<Of extends Relationship> = `tintype.social-graph.${Of}.deleted.v1`;

type Ends = { [Of in Relationship]: (actorId: string, targetId: string) => SocialGraphEvents[Ended<Of>] };

/** The names of actor and target in the events of each relationship. */
const ENDS: Ends = {
  follow: (followerId, followeeId) => ({ followerId, followeeId }),
  'follow-request': (followerId, followeeId) => ({ followerId, followeeId }),
  block: (blockerId, blockedId) => ({ blockerId, blockedId }),
  mute: (muterId, mutedId) => ({ muterId, mutedId }),
};

export type SocialGraphPublisher = {
  /**
   * Publishes a change between two people. Call it in the transaction that made the change, after it locked both
   * people.
   */
  publish<Type extends keyof SocialGraphEvents>(
    tx: pg.PoolClient,
    type: Type,
    data: SocialGraphEvents[Type],
  ): Promise<void>;
  /**
   * Publishes that relationships of one kind ended. Call it in the transaction that removed them, after it locked the
   * people.
   */
  publishEnded<Of extends Relationship>(
    tx: pg.PoolClient,
    relationship: Of,
    pairs: readonly { actorId: bigint; targetId: bigint }[],
  ): Promise<void>;
  /** Publishes follows that were requested. Call it in the transaction that wrote them, after it locked the people. */
  publishAccepted(tx: pg.PoolClient, follows: readonly NewFollow[]): Promise<void>;
};

export function createPublisher(outbox: Outbox<SocialGraphEvents>): SocialGraphPublisher {
  return {
    publish: (tx, type, data) => outbox.append(tx, [{ type, subject: subjectOf(data), data }]),
    async publishEnded(tx, relationship, pairs) {
      const type = `tintype.social-graph.${relationship}.deleted.v1` as const;
      const events = pairs.map(({ actorId, targetId }) => {
        const data = ENDS[relationship](String(actorId), String(targetId));
        return { type, subject: subjectOf(data), data };
      });
      await outbox.append(tx, events);
    },
    publishAccepted: (tx, follows) =>
      outbox.append(
        tx,
        follows.map(({ followerId, followeeId, id }) => {
          const [follower, followee, followId] = [String(followerId), String(followeeId), String(id)];
          const data = { followerId: follower, followeeId: followee, followId, wasRequested: true };
          return { type: 'tintype.social-graph.follow.created.v1', subject: subjectOf(data), data };
        }),
      ),
  };
}

/** The ordered pair, `<actor>:<target>`. */
function subjectOf(data: SocialGraphEvents[keyof SocialGraphEvents]): string {
  if ('followerId' in data) return `${data.followerId}:${data.followeeId}`;
  if ('blockerId' in data) return `${data.blockerId}:${data.blockedId}`;
  return `${data.muterId}:${data.mutedId}`;
}
