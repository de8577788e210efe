import { type Stage, say } from '#stage/stage.ts';
import { makeWorld, type World } from '../feed/world.ts';
import type { Values } from './document.ts';

const AUTHORS = 400;
/** People whom each author follows, beside the reader. */
const FOLLOWS_EACH = 150;
const COMMENTS_EACH = 60;
const REPLIES = 10;
const LIKES_EACH = 40;
const PHOTOS = 20;
const HASHTAGS = 30;

export type CrowdedWorld = World & { values: Values };

/**
 * Everything as full as people can make it: everybody follows many who follow many, and the newest posts have the most photos, hashtags and
 * comments that are allowed. The reader follows everybody and blocks a few. Needs workers that run.
 */
export async function makeCrowdedWorld(stage: Stage): Promise<CrowdedWorld> {
  const world = await makeWorld(stage, AUTHORS, [AUTHORS]);
  const { pool } = stage.resources.database;
  const reader = world.readers[0]!.id;
  say('follows, comments, likes, photos and hashtags');
  const write = (text: string) => pool.query(`SET LOCAL statement_timeout = '120s'; ${text}`);
  for (const text of FILL) await write(text.replaceAll('$reader', String(reader)));
  await write('ANALYZE');
  return { ...world, values: await valuesOf(stage) };
}

const FILL = [
  `WITH pairs AS (
     SELECT a.id AS who, b.id AS whom, row_number() OVER () AS n FROM
       (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "user".account) a
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "user".account) b
         ON b.n <> a.n AND (b.n - a.n + 1000000) % 401 <= ${FOLLOWS_EACH}),
   follows AS (INSERT INTO social_graph.follow (follower_id, followee_id, id) SELECT who, whom, n FROM pairs ON CONFLICT DO NOTHING),
   followers AS (INSERT INTO social_graph.follower (followee_id, follower_id, id) SELECT whom, who, n FROM pairs ON CONFLICT DO NOTHING)
   INSERT INTO social_graph.block (blocker_id, blocked_id, id)
     SELECT $reader, id, id FROM "user".account WHERE id % 40 = 0 AND id <> $reader`,
  `UPDATE social_graph.person SET follower_count = ${FOLLOWS_EACH}, following_count = ${FOLLOWS_EACH}`,
  `CREATE TEMP TABLE newest AS
     SELECT id, author_id, published_at, row_number() OVER (ORDER BY published_at DESC) AS n FROM post.post
     ORDER BY published_at DESC LIMIT 1000;
   INSERT INTO post.media (author_id, post_id, position, id, upload_id, object_key, alt_text, width, height, placeholder, renditions)
     SELECT m.author_id, m.post_id, p, m.id + p, m.id + p, m.object_key || p, m.alt_text, m.width, m.height, m.placeholder, m.renditions
     FROM post.media m JOIN newest ON newest.id = m.post_id, generate_series(1, ${PHOTOS} - 1) p;
   UPDATE post.post p SET caption = (SELECT string_agg('#tag' || (newest.n + h) % 300, ' ') FROM generate_series(1, ${HASHTAGS}) h)
     FROM newest WHERE p.author_id = newest.author_id AND p.id = newest.id;
   INSERT INTO post.hashtag (key, name, post_count) SELECT 'tag' || h, 'tag' || h, 100 FROM generate_series(0, 299) h;
   INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
     SELECT 'tag' || (newest.n + h) % 300, id, author_id, h, published_at, newest.n FROM newest, generate_series(1, ${HASHTAGS}) h;
   INSERT INTO post.hashtag_pair (key, other, post_count)
     SELECT 'tag' || a, 'tag' || b, 1 + (a * b) % 50 FROM generate_series(0, 299) a, generate_series(0, 299) b
     WHERE a <> b AND abs(a - b) < 100;
   INSERT INTO engagement.comment (post_id, id, parent_id, post_author_id, author_id, text, mentioned_ids, hashtags, like_count, reply_count, is_counted)
     SELECT newest.id, newest.n * 1000 + c, CASE WHEN c % (${REPLIES} + 1) > 0 THEN newest.n * 1000 + c - c % (${REPLIES} + 1) END,
       newest.author_id, writer.id, repeat('text ', 40), (SELECT array_agg(id) FROM (SELECT id FROM "user".account LIMIT 20) m),
       '{}', c, ${REPLIES}, true
     FROM newest, generate_series(0, ${COMMENTS_EACH} * (${REPLIES} + 1) / 10) c
     JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "user".account) writer ON writer.n = 1 + c * 7 % 400;
   INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
     SELECT newest.id, a.id, a.n, true, newest.id, false, a.n FROM newest,
       (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "user".account LIMIT ${LIKES_EACH}) a;
   INSERT INTO engagement.post_stats (post_id, like_count, comment_count, version) SELECT id, ${LIKES_EACH}, ${COMMENTS_EACH}, 1 FROM newest
     ON CONFLICT DO NOTHING;
   INSERT INTO engagement.save (user_id, post_id, post_author_id, id) SELECT $reader, id, author_id, n FROM newest;
   INSERT INTO engagement.collection (user_id, id, name, name_key) SELECT $reader, c, c::text, c::text FROM generate_series(1, 100) c;
   INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, mentioned_ids, hashtags)
     SELECT id, 2000000 + n, author_id, $reader, 'mine', '{}', '{}' FROM newest;
   INSERT INTO feed.hashtag_follow (reader_id, key, id, follows)
     SELECT $reader, 'tag' || h, h, true FROM generate_series(0, 99) h ON CONFLICT DO NOTHING;`,
];

/** What arguments of root fields name: things of which there is much. */
async function valuesOf(stage: Stage): Promise<Values> {
  const { pool } = stage.resources.database;
  const idsOf = async (text: string) =>
    (await pool.query<{ id: string }>(text)).rows.map(({ id }) => JSON.stringify(String(id)));
  const posts = await idsOf('SELECT id FROM post.post ORDER BY published_at DESC LIMIT 20');
  const usernames = await idsOf('SELECT username AS id FROM "user".account LIMIT 20');
  const accounts = await idsOf('SELECT id FROM "user".account LIMIT 20');
  const typed = ['"author"', '"auth"', '"post number"', '"a"', '"#tag"', '"autohr.1"'];
  return {
    'comment.id': await idsOf('SELECT id FROM engagement.comment WHERE reply_count > 0 AND parent_id IS NULL LIMIT 20'),
    'post.id': posts,
    'user.username': usernames,
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
