import { createOutbox } from '@tintype/events';
import { type Executor, query, statement, transaction } from '@tintype/postgres';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type { Resources } from '@tintype/service';
import { insertFollows, type NewFollow } from '#follow/follow.repository.ts';

const BATCH = 1000;

/**
 * Imports follows from another system, with the same rows, counts and events as single follows, in batches of 1,000.
 * Repeats change nothing. The accounts must exist. Privacy and limits are not checked.
 *
 * @param pairs follower and followee
 */
export async function importFollows(
  resources: Pick<Resources, 'database' | 'ids'>,
  pairs: readonly (readonly [follower: bigint, followee: bigint])[],
): Promise<number> {
  const { database, ids } = resources;
  const outbox = createOutbox<SocialGraphEvents>({ owner: 'social-graph', ids });
  let imported = 0;
  for (let from = 0; from < pairs.length; from += BATCH) {
    const batch = pairs
      .slice(from, from + BATCH)
      .map(([followerId, followeeId]) => ({ followerId, followeeId, id: ids.next() }));
    imported += await transaction(database.pool, async (tx) => {
      const written = await writeBatch(tx, batch);
      await outbox.append(
        tx,
        written.map(({ followerId, followeeId, id }) => ({
          type: 'tintype.social-graph.follow.created.v1',
          subject: `${followerId}:${followeeId}`,
          data: {
            followerId: String(followerId),
            followeeId: String(followeeId),
            followId: String(id),
            wasRequested: false,
          },
        })),
      );
      return written.length;
    });
  }
  return imported;
}

const ADD_PEOPLE = statement(
  'import_people',
  'INSERT INTO social_graph.person (user_id) SELECT * FROM unnest($1::bigint[]) ORDER BY 1 ON CONFLICT DO NOTHING',
);
const LOCK_PEOPLE = statement(
  'import_lock',
  'SELECT 1 FROM social_graph.person WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE',
);
async function writeBatch(tx: Executor, batch: readonly NewFollow[]): Promise<NewFollow[]> {
  const people = [...new Set(batch.flatMap(({ followerId, followeeId }) => [followerId, followeeId]))];
  await query(tx, ADD_PEOPLE, [people]);
  await query(tx, LOCK_PEOPLE, [people]);
  return insertFollows(tx, batch);
}
