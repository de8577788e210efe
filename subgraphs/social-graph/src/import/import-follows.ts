import { createOutbox } from '@tintype/events';
import { type Executor, query, statement, transaction } from '@tintype/postgres';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type { Resources } from '@tintype/service';

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
      .map(([follower, followee]) => ({ follower, followee, id: ids.next() }));
    imported += await transaction(database.pool, async (tx) => {
      const written = await writeBatch(tx, batch);
      await outbox.append(
        tx,
        written.map(({ follower, followee, id }) => ({
          type: 'tintype.social-graph.follow.created.v1',
          subject: `${follower}:${followee}`,
          data: {
            followerId: String(follower),
            followeeId: String(followee),
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

type Follow = { follower: bigint; followee: bigint; id: bigint };

const ADD_PEOPLE = statement(
  'import_people',
  'INSERT INTO social_graph.person (user_id) SELECT * FROM unnest($1::bigint[]) ON CONFLICT DO NOTHING',
);
const LOCK_PEOPLE = statement(
  'import_lock',
  'SELECT 1 FROM social_graph.person WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE',
);
const ADD_FOLLOWS = statement(
  'import_follows',
  `WITH written AS (
     INSERT INTO social_graph.follow (follower_id, followee_id, id)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
     ON CONFLICT DO NOTHING RETURNING follower_id, followee_id, id),
   mirrored AS (
     INSERT INTO social_graph.follower (followee_id, follower_id, id)
     SELECT followee_id, follower_id, id FROM written)
   SELECT follower_id AS follower, followee_id AS followee, id FROM written`,
);
const COUNT = statement(
  'import_count',
  `UPDATE social_graph.person p SET
     following_count = following_count + moved.following, follower_count = follower_count + moved.followers
   FROM (SELECT user_id, sum(following)::int AS following, sum(followers)::int AS followers
     FROM (SELECT unnest($1::bigint[]) AS user_id, 1 AS following, 0 AS followers
       UNION ALL SELECT unnest($2::bigint[]), 0, 1) AS ends GROUP BY user_id) AS moved
   WHERE p.user_id = moved.user_id`,
);

async function writeBatch(tx: Executor, batch: readonly Follow[]): Promise<Follow[]> {
  const people = [...new Set(batch.flatMap(({ follower, followee }) => [follower, followee]))];
  await query(tx, ADD_PEOPLE, [people]);
  await query(tx, LOCK_PEOPLE, [people]);
  const written = await query(tx, ADD_FOLLOWS, [
    batch.map((one) => one.follower),
    batch.map((one) => one.followee),
    batch.map((one) => one.id),
  ]);
  await query(tx, COUNT, [written.map((one) => one.follower), written.map((one) => one.followee)]);
  return written;
}
