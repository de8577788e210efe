import { globalId, parseGlobalId, postLink, type SnowflakeType } from '@tintype/ids';
import { publicSettings } from '@tintype/service';
import pg from 'pg';
import { type Fixture, say } from '#fixture/fixture.ts';
import { indexAll } from '#search/index-all.ts';
import { makeWorld, type World } from '../feed/world.ts';
import type { Values } from './document.ts';

const AUTHORS = 1000;
const READER_FOLLOWS = 400;
/** Everybody follows this many others, and all of the hubs. */
const FOLLOWS_EACH = 110;
const HUBS = 20;
/**
 * The newest posts, which have the maximum of photos and hashtags, and the newest of these, which have the most
 * comments.
 */
const FULL_POSTS = 1000;
const TALKED_ABOUT = 50;
const COMMENTS = 120;
const REPLIES = 20;
const LIKES_EACH = 200;
const PHOTOS = 20;
const HASHTAGS = 30;
const NOTIFICATIONS = 300;

export type CrowdedWorld = World & { values: Values };

/**
 * Everything as full as people can make it: everybody follows many who follow many, some are followed by all, and the
 * newest posts have the maximum of photos and hashtags, and hundreds of likes and comments. The reader follows many and
 * blocks a few. Needs running workers and their subgraphs.
 */
export async function makeCrowdedWorld(fixture: Fixture, subgraphUrls: string): Promise<CrowdedWorld> {
  const world = await makeWorld(fixture, AUTHORS, [READER_FOLLOWS]);
  const reader = world.readers[0]!.id;
  // The platform's own pools cancel a statement after seconds.
  const client = new pg.Client({ connectionString: fixture.resources.databaseUrl });
  await client.connect();
  try {
    for (const [what, text] of Object.entries(FILL)) {
      say(what);
      await client.query(text.replaceAll('$reader', String(reader)));
    }
    say('the index of people and posts');
    await indexAll(fixture, subgraphUrls);
    await client.query('VACUUM ANALYZE');
    return { ...world, values: await valuesOf(fixture) };
  } finally {
    await client.end();
  }
}

const FILL = {
  'people, numbered': `
    CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM "user".account WHERE id <> $reader;
    CREATE TEMP TABLE newest AS
      SELECT id, author_id, published_at, row_number() OVER (ORDER BY published_at DESC) AS n FROM post.post
      ORDER BY published_at DESC LIMIT ${FULL_POSTS};
    CREATE INDEX ON person (n);
    ANALYZE person; ANALYZE newest`,
  follows: `
    CREATE TEMP TABLE pair AS
      SELECT a.id AS who, b.id AS whom FROM person a CROSS JOIN generate_series(1, ${HUBS} + ${FOLLOWS_EACH}) s
      JOIN person b ON b.n = CASE WHEN s <= ${HUBS} THEN s - 1 ELSE (a.n + s * 7) % ${AUTHORS} END WHERE b.id <> a.id
      UNION SELECT id, $reader FROM person WHERE n < 300
      UNION SELECT $reader, id FROM person WHERE n < ${HUBS};
    INSERT INTO social_graph.follow (follower_id, followee_id, id)
      SELECT who, whom, row_number() OVER () FROM pair ON CONFLICT DO NOTHING;
    INSERT INTO social_graph.follower (followee_id, follower_id, id)
      SELECT followee_id, follower_id, id FROM social_graph.follow ON CONFLICT DO NOTHING;
    INSERT INTO social_graph.block (blocker_id, blocked_id, id)
      SELECT $reader, id, n FROM person WHERE n % 40 = 39;
    INSERT INTO social_graph.suggestion (viewer_id, person_id, score, reasons)
      SELECT $reader, id, n, (SELECT array_agg(id) FROM person WHERE n < 3) FROM person WHERE n BETWEEN 500 AND 699
      ON CONFLICT DO NOTHING;
    UPDATE social_graph.person SET
      follower_count = (SELECT count(*) FROM social_graph.follower f WHERE f.followee_id = user_id),
      following_count = (SELECT count(*) FROM social_graph.follow f WHERE f.follower_id = user_id)`,
  'photos and captions': `
    INSERT INTO post.media (author_id, post_id, position, id, upload_id, alt_text, width, height, placeholder, renditions)
      SELECT m.author_id, m.post_id, p, m.id + p, m.id + p, m.alt_text, m.width, m.height, m.placeholder, m.renditions
      FROM post.media m JOIN newest ON newest.id = m.post_id, generate_series(1, ${PHOTOS} - 1) p;
    UPDATE post.post p SET
        caption = (SELECT string_agg('#tag' || (newest.n + h) % 300, ' ') FROM generate_series(1, ${HASHTAGS}) h),
        mentioned_ids = (SELECT array_agg(id) FROM person WHERE n BETWEEN 100 AND 119)
      FROM newest WHERE p.author_id = newest.author_id AND p.id = newest.id`,
  hashtags: `
    INSERT INTO post.hashtag (key, name, post_count) SELECT 'tag' || h, 'tag' || h, 100 FROM generate_series(0, 299) h;
    INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
      SELECT 'tag' || (newest.n + h) % 300, id, author_id, h, published_at, newest.n FROM newest, generate_series(1, ${HASHTAGS}) h;
    INSERT INTO post.hashtag_cooccurrence (key, other_key, post_count)
      SELECT 'tag' || a, 'tag' || b, 1 + (a * b) % 50 FROM generate_series(0, 299) a, generate_series(0, 299) b
      WHERE a <> b AND abs(a - b) < 100;
    INSERT INTO social_graph.topic_post (key, post_id, author_id, published_at)
      SELECT key, post_id, author_id, now() FROM post.post_hashtag;
    INSERT INTO social_graph.topic (key) SELECT 'tag' || h FROM generate_series(0, 299) h;
    INSERT INTO social_graph.influencer (key, person_id, score) SELECT 'tag' || h, id, n FROM generate_series(0, 299) h, person WHERE n < 200;
    INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id)
      SELECT key, post_id, 1000 * extract(epoch FROM published_at), author_id FROM post.post_hashtag ON CONFLICT DO NOTHING;
    INSERT INTO feed.hashtag_follow (reader_id, key, id, follows)
      SELECT $reader, 'tag' || h, h, true FROM generate_series(0, 99) h ON CONFLICT DO NOTHING`,
  comments: `
    INSERT INTO engagement.comment
        (post_id, id, parent_id, post_author_id, author_id, text, mentioned_ids, hashtags, like_count, reply_count, is_counted)
      SELECT post.id, post.n * 10000 + c,
        CASE WHEN c % (replies + 1) > 0 THEN post.n * 10000 + c - c % (replies + 1) END,
        post.author_id, writer.id, repeat('text ', 40), (SELECT array_agg(id) FROM person WHERE n BETWEEN 20 AND 39), '{}', c % 1000,
        CASE WHEN c % (replies + 1) = 0 THEN replies ELSE 0 END, true
      FROM (SELECT *, CASE WHEN n <= ${TALKED_ABOUT} THEN ${COMMENTS} ELSE 12 END AS comments,
              CASE WHEN n <= ${TALKED_ABOUT} THEN ${REPLIES} ELSE 5 END AS replies FROM newest) post,
        LATERAL generate_series(0, comments * (replies + 1) - 1) c
      JOIN person writer ON writer.n = c * 7 % ${AUTHORS};
    INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, mentioned_ids, hashtags)
      SELECT id, 20000000 + n, author_id, $reader, 'mine', '{}', '{}' FROM newest`,
  'likes, shares and saves': `
    INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
      SELECT newest.id, person.id, 10000 * newest.n + person.n, true, newest.id, false, person.n FROM newest, person
      WHERE person.n % ${AUTHORS / LIKES_EACH} < 1;
    INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
      SELECT id, $reader, 20000000 + n, true, id, false, 1 FROM newest;
    INSERT INTO engagement.post_stats (post_id, like_count, comment_count, version)
      SELECT id, ${LIKES_EACH}, ${COMMENTS}, 1 FROM newest ON CONFLICT DO NOTHING;
    INSERT INTO engagement.share (user_id, id, post_id, post_author_id, text)
      SELECT $reader, 30000000 + n, id, author_id, 'Look' FROM newest WHERE n % 2 = 0;
    INSERT INTO engagement.save (user_id, post_id, post_author_id, id) SELECT $reader, id, author_id, n FROM newest;
    INSERT INTO engagement.collection (user_id, id, name, name_key) SELECT $reader, c, c::text, c::text FROM generate_series(1, 100) c;
    INSERT INTO engagement.collection_post (user_id, collection_id, post_id, id)
      SELECT $reader, c, newest.id, newest.n FROM newest, generate_series(1, 10) c WHERE newest.n <= 200`,
  cases: `
    INSERT INTO "user".role (user_id, role) VALUES ($reader, 'ADMIN');
    INSERT INTO moderation.case (id, target_type, target_id, person_id, report_count)
      SELECT id, 'POST', id, author_id, 200 FROM newest;
    INSERT INTO moderation.report (id, case_id, reporter_id, reason, text)
      SELECT newest.n * 200 + person.n, newest.id, person.id, 'SPAM', 'It is.' FROM newest, person WHERE person.n < 200;
    INSERT INTO moderation.report (id, case_id, reporter_id, reason) SELECT 50000000 + n, id, $reader, 'SPAM' FROM newest;
    INSERT INTO moderation.audit_entry (id, kind, actor_id, case_id, subject_id)
      SELECT n, 'CONTENT_VIEWED', $reader, id, author_id FROM newest`,
  notifications: `
    INSERT INTO notification.notification (recipient_id, id, kind, target_id, window_no, post_id, actor_count, actor_ids,
        actor_times, change_id)
      SELECT $reader, n, 'POST_LIKE', id, 0, id, 200, (SELECT array_agg(id ORDER BY n DESC) FROM person WHERE n BETWEEN 197 AND 199),
        '{199,198,197}', 40000000 + n
      FROM newest WHERE n <= ${NOTIFICATIONS};
    INSERT INTO notification.activity
        (recipient_id, key, notification_id, kind, actor_id, post_id, at_ms, version, present, audience, shown, published)
      SELECT $reader, 'POST_LIKE:' || newest.n || ':' || person.n, newest.n, 'POST_LIKE', person.id, newest.id, person.n, 1, true,
        'EVERYONE', true, true
      FROM newest, person WHERE newest.n <= ${NOTIFICATIONS} AND person.n < 200`,
};

/** Values for arguments of fields: ids and words with much data. */
async function valuesOf(fixture: Fixture): Promise<Values> {
  const { pool } = fixture.resources.database;
  const idsOf = async (type: SnowflakeType, text: string) =>
    (await pool.query<{ id: string }>(text)).rows.map(({ id }) => JSON.stringify(globalId(type, BigInt(id))));
  const posts = await idsOf('Post', 'SELECT id FROM post.post ORDER BY published_at DESC LIMIT 20');
  const { publicUrl } = fixture.resources.config.of(publicSettings);
  const links = posts.map((id) =>
    JSON.stringify(postLink(publicUrl, parseGlobalId('Post', JSON.parse(id) as string)!)),
  );
  const usernames = (
    await pool.query<{ username: string }>('SELECT username FROM "user".account ORDER BY id LIMIT 20')
  ).rows.map(({ username }) => JSON.stringify(username));
  const accounts = await idsOf('User', 'SELECT id FROM "user".account ORDER BY id LIMIT 20');
  const cases = await idsOf('Case', 'SELECT id FROM moderation.case ORDER BY id DESC LIMIT 20');
  const nodes = [...posts.slice(0, 10), ...accounts.slice(0, 10)];
  const typed = ['"author"', '"auth"', '"post number"', '"a"', '"#tag"', '"autohr.1"'];
  return {
    'case.id': cases,
    'reportedContent.caseId': cases,
    'comment.id': await idsOf(
      'Comment',
      'SELECT id FROM engagement.comment WHERE reply_count > 10 ORDER BY id LIMIT 20',
    ),
    'post.id': posts,
    'post.link': links,
    'user.id': accounts,
    'user.username': usernames,
    'node.id': nodes,
    'nodes.ids': [`[${nodes.join()}]`, `[${posts.join()}]`],
    'hashtag.name': ['"tag1"', '"tag2"', '"tag250"'],
    'influencers.hashtag': ['"tag1"', '"tag2"'],
    'search.query': typed,
    'suggest.prefix': typed,
    'commentedPosts.authorId': accounts,
    'commentedPosts.commenterId': accounts,
    'comments.order': ['NEWEST', 'TOP'],
    'trendingHashtags.window': ['HOUR', 'DAY'],
    'trendingPosts.window': ['HOUR', 'DAY'],
  };
}
