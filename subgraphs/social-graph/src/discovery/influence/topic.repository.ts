import { type Executor, query, statement } from '@tintype/postgres';

/** How long a post counts for a topic. */
const LATELY = "interval '90 days'";
/** Changes within this time lead to one computation. */
const PAUSE_MS = 60_000;
/**
 * A topic consists of the people who posted with its hashtag last, up to this many, and of the newest follows of each.
 */
const POSTS = 10_000;
const PEOPLE = 1000;
const FOLLOWS = 1000;
/** How many people are stored for a topic. */
const KEPT = 200;

const TOPIC_POST_ADD = statement(
  'topic_post_add',
  `INSERT INTO social_graph.topic_post (key, post_id, author_id, published_at)
  SELECT key, $2, $3, to_timestamp($4::numeric / 1000) FROM unnest($1::text[]) AS key
  WHERE NOT EXISTS (SELECT 1 FROM social_graph.topic_post WHERE post_id = $2 AND deleted)
  ORDER BY key ON CONFLICT DO NOTHING RETURNING key`,
);

/** Records the hashtags of a post, unless it is known to be deleted, and marks their topics. Repeats change nothing. */
export async function addTopicPost(
  tx: Executor,
  post: { postId: bigint; authorId: bigint; keys: readonly string[]; publishedMs: bigint },
): Promise<void> {
  const { postId, authorId, keys, publishedMs } = post;
  const added = await query(tx, TOPIC_POST_ADD, [keys, postId, authorId, publishedMs]);
  await markTopics(
    tx,
    added.map(({ key }) => key),
  );
}

const TOPIC_POST_REMOVE = statement(
  'topic_post_remove',
  `WITH gone AS (
    UPDATE social_graph.topic_post SET deleted = true WHERE post_id = $1 AND NOT deleted RETURNING key),
  noted AS (INSERT INTO social_graph.topic_post (key, post_id, author_id, published_at, deleted)
    VALUES ('', $1, 0, now(), true) ON CONFLICT DO NOTHING)
  SELECT key FROM gone`,
);

/** Removes a post from its topics. A post that is not known yet is not added later. */
export async function removeTopicPost(tx: Executor, postId: bigint): Promise<void> {
  const gone = await query(tx, TOPIC_POST_REMOVE, [postId]);
  await markTopics(
    tx,
    gone.map(({ key }) => key),
  );
}

const TOPIC_MARK = statement(
  'topic_mark',
  `INSERT INTO social_graph.topic (key, due_at)
  SELECT key, now() + $2::int * interval '1 ms' FROM unnest($1::text[]) AS key ORDER BY key
  ON CONFLICT (key) DO UPDATE SET due_at = least(topic.due_at, excluded.due_at)`,
);

async function markTopics(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await query(tx, TOPIC_MARK, [keys, PAUSE_MS]);
}

const TOPIC_CLAIM = statement(
  'topic_claim',
  `UPDATE social_graph.topic SET due_at = NULL WHERE key = (
    SELECT key FROM social_graph.topic WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING key`,
);

/** Removes the mark of one due topic that no other worker holds. A new mark waits for the end of the transaction. */
export async function claimTopic(tx: Executor): Promise<string | null> {
  return (await query(tx, TOPIC_CLAIM, []))[0]?.key ?? null;
}

const TOPIC_POSTPONE = statement(
  'topic_postpone',
  `UPDATE social_graph.topic SET due_at = now() + $2::int * interval '1 ms' WHERE key = $1`,
);

/** Makes the topic due again after a while. */
export async function postponeTopic(executor: Executor, key: string, ms: number): Promise<void> {
  await query(executor, TOPIC_POSTPONE, [key, ms]);
}

/** Only the newest posts are read, however many there are. */
export const TOPIC_PEOPLE = statement(
  'topic_people',
  `SELECT author_id AS id FROM (
    SELECT author_id, published_at FROM social_graph.topic_post
    WHERE key = $1 AND NOT deleted AND published_at > now() - ${LATELY} ORDER BY published_at DESC LIMIT ${POSTS}) AS newest
  GROUP BY author_id ORDER BY max(published_at) DESC, author_id DESC LIMIT ${PEOPLE}`,
);

/** People who posted with a hashtag recently, the most recent first. */
export async function listTopicPeople(tx: Executor, key: string): Promise<bigint[]> {
  return (await query(tx, TOPIC_PEOPLE, [key])).map((row) => row.id);
}

const TOPIC_FOLLOWS = statement(
  'topic_follows',
  `SELECT one.id AS "follower!", f.followee_id AS followee FROM unnest($1::bigint[]) AS one(id)
  CROSS JOIN LATERAL (SELECT followee_id FROM social_graph.follow
    WHERE follower_id = one.id ORDER BY id DESC LIMIT ${FOLLOWS}) AS f
  WHERE f.followee_id = ANY($1)`,
);

/** Which of these people follow which others of them. */
export function listFollowsAmong(
  tx: Executor,
  ids: readonly bigint[],
): Promise<{ follower: bigint; followee: bigint }[]> {
  return query(tx, TOPIC_FOLLOWS, [ids]);
}

/** A person of a topic. `score` is in billionths of the sum of all scores. */
export type Influencer = { personId: bigint; score: bigint };

const INFLUENCER_CLEAR = statement('influencer_clear', 'DELETE FROM social_graph.influencer WHERE key = $1');
const INFLUENCER_INSERT = statement(
  'influencer_insert',
  `INSERT INTO social_graph.influencer (key, person_id, score)
  SELECT $1, person_id, score FROM unnest($2::bigint[], $3::bigint[]) AS found(person_id, score)`,
);

/** Replaces the stored people. @param found the most influential first */
export async function replaceInfluencers(tx: Executor, key: string, found: readonly Influencer[]): Promise<void> {
  await query(tx, INFLUENCER_CLEAR, [key]);
  const kept = found.slice(0, KEPT);
  const values = [key, kept.map(({ personId }) => personId), kept.map(({ score }) => score)] as const;
  await query(tx, INFLUENCER_INSERT, values);
}

/** One range scan over (key, score desc, person desc). */
export const INFLUENCER_PAGE = statement(
  'influencer_page',
  `SELECT person_id AS "personId", score FROM social_graph.influencer
  WHERE key = $1 AND (score, person_id) < ($2::bigint, $3::bigint) ORDER BY score DESC, person_id DESC LIMIT $4`,
);

const TOP = 2n ** 63n - 1n;

export function listInfluencers(
  executor: Executor,
  key: string,
  after: Influencer | null,
  limit: number,
): Promise<Influencer[]> {
  return query(executor, INFLUENCER_PAGE, [key, after?.score ?? TOP, after?.personId ?? TOP, limit]);
}

const PRUNED_AT_ONCE = 1000;

const TOPIC_POST_PRUNE = statement(
  'topic_post_prune',
  `DELETE FROM social_graph.topic_post WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM social_graph.topic_post WHERE published_at < now() - ${LATELY} ORDER BY published_at LIMIT ${PRUNED_AT_ONCE}))
  RETURNING 1`,
);

/** Removes posts that are too old to count, a bounded number at a time. @returns how many */
export async function pruneTopicPosts(executor: Executor): Promise<number> {
  return (await query(executor, TOPIC_POST_PRUNE, [])).length;
}
