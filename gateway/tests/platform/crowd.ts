import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import * as operations from '@tintype/schema/operations';
import { importFollows } from '@tintype/social-graph';
import { eventually } from '@tintype/testing';
import { importAccounts } from '@tintype/user';
import { expect } from 'vitest';
import { type Person, register } from './people.ts';
import type { TestPlatform } from './platform.ts';
import { giveRole } from './staff.ts';

/** A viewer with several items in every list. */
export type Crowd = { viewer: Person; postIds: string[] };

/** A hashtag of all posts of a crowd. */
export const COMMON_HASHTAG = 'crowd';

/**
 * Creates `size` authors with one post each, whom the viewer follows, and as many comments of the viewer on the first
 * post, each with a reply and a like. Also as many shares, saved posts, collections, followed hashtags and
 * notifications. Every author follows two others. The latest follower of every author is blocked by the viewer, so that
 * lists continue after a hidden row. The tested data is made through the graph, and the rest is written directly to the
 * tables of the subgraphs.
 */
export async function gatherCrowd(platform: TestPlatform, size: number): Promise<Crowd> {
  const { environment } = platform;
  // All workers start at this time. On a busy machine, no other request gets a connection until they have.
  const viewer = await eventually(() => register(platform.client, 'viewer'), { timeoutMs: 60_000 });
  const friend = await register(platform.client, 'friend');
  const accounts = Array.from({ length: size + 1 }, (_, index) => {
    const username = `author${index}`;
    return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
  });
  const [blocked, ...authors] = (await importAccounts(environment, accounts)) as [bigint, ...bigint[]];
  const [viewerId, friendId] = [viewer, friend].map(({ id }) => requireGlobalId('User', id)) as [bigint, bigint];
  await importFollows(environment, [
    [viewerId, friendId],
    ...authors.flatMap((author, index) => {
      const others = [authors[(index + 1) % size]!, authors[(index + 2) % size]!, viewerId, friendId];
      return others.flatMap((other): [bigint, bigint][] => [
        [author, other],
        [other, author],
      ]);
    }),
    ...authors.map((author) => [blocked, author] as const),
  ]);
  await viewer.client.request(operations.BlockUserDocument, { userId: globalId('User', blocked) });
  const postIds = await writePosts(platform, viewerId, authors);
  for (const [index, postId] of postIds.entries()) {
    const comment = { postId: postIds[0]!, text: `comment ${index} @author${index} #crowd` };
    const { createComment } = await viewer.client.request(operations.CreateCommentDocument, { input: comment });
    const commentId = createComment!.comment!.id;
    await writeReply(platform, postIds[0]!, authors[index]!, commentId);
    await friend.client.request(operations.LikeCommentDocument, { commentId });
    await friend.client.request(operations.SharePostDocument, { input: { postId, text: `share ${index}` } });
  }
  await writeCases(platform, viewer, postIds, authors);
  await eventually(async () => {
    const { notifications } = await viewer.client.request(operations.NotificationsDocument, { first: size });
    expect(notifications!.edges).toHaveLength(size);
    const { homeFeed } = await viewer.client.request(operations.HomeFeedDocument, { first: size });
    expect(homeFeed!.edges.filter(({ share }) => share)).toHaveLength(size);
  });
  return { viewer, postIds };
}

/**
 * One published post per author with a photo, hashtags, a like and a comment. The viewer likes, shares and saves it,
 * and follows its hashtags.
 */
async function writePosts(
  { environment }: TestPlatform,
  viewer: bigint,
  authors: readonly bigint[],
): Promise<string[]> {
  const { pool } = environment.database;
  const ids = authors.map(() => environment.ids.next());
  const posts = '(SELECT * FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS posts(id, author, n)) AS posts';
  const hashtags = `(SELECT 'crowd' AS key, 0 AS position, posts.* FROM ${posts} UNION ALL
    SELECT 'crowd' || n + p, 1 + p, posts.* FROM ${posts}, generate_series(0, 1) AS p) AS hashtags`;
  const write = (text: string, ...more: bigint[]) => pool.query(text, [ids, authors, ...more]);
  await write(`INSERT INTO post.post (author_id, id, caption, state, published_at)
    SELECT author, id, '#crowd #crowd' || n || ' #crowd' || n + 1, 'PUBLISHED', now() - n * interval '1 minute' FROM ${posts}`);
  await write(`INSERT INTO post.media (author_id, post_id, position, id, upload_id, renditions)
    SELECT author, id, 0, id, id, '[{"kind": "THUMBNAIL", "key": "key", "width": 1, "height": 1, "byteSize": 1}]' FROM ${posts}`);
  await write(`INSERT INTO post.post_hashtag (key, post_id, author_id, position, published_at, score)
    SELECT key, id, author, position, now() - n * interval '1 minute', n FROM ${hashtags}`);
  await write(
    `INSERT INTO post.hashtag (key, name, post_count) SELECT key, key, count(*) FROM ${hashtags} GROUP BY key`,
  );
  await write(`INSERT INTO post.hashtag_cooccurrence (key, other_key, post_count)
    SELECT one.key, other.key, count(*) FROM ${hashtags.replace(/hashtags$/, 'one')} JOIN ${hashtags.replace(/hashtags$/, 'other')} USING (id)
    WHERE one.key <> other.key GROUP BY one.key, other.key`);
  await write(`INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
    SELECT id, author, n, true, id, false, n FROM ${posts}`);
  await write(`INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, mentioned_ids, hashtags)
    SELECT id, id, author, author, 'first', '{}', '{}' FROM ${posts}`);
  await write(
    `INSERT INTO engagement.save (user_id, post_id, post_author_id, id) SELECT $3, id, author, id FROM ${posts}`,
    viewer,
  );
  await write(
    `INSERT INTO engagement.share (user_id, id, post_id, post_author_id, text) SELECT $3, id, id, author, '' FROM ${posts}`,
    viewer,
  );
  await write(
    `INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
    SELECT id, $3, id, true, id, false, n FROM ${posts}`,
    viewer,
  );
  await write(
    `INSERT INTO engagement.collection (user_id, id, name, name_key) SELECT $3, id, n, n FROM ${posts}`,
    viewer,
  );
  await write(
    `INSERT INTO feed.hashtag_follow (reader_id, key, id, follows, reconciled)
    SELECT $3, 'crowd' || n, id, true, true FROM ${posts}`,
    viewer,
  );
  return ids.map((id) => globalId('Post', id));
}

/**
 * A case about each post, with the ID of the post and a report by the viewer, who is an admin and has claimed it.
 */
async function writeCases(
  platform: TestPlatform,
  viewer: Person,
  postIds: readonly string[],
  authors: readonly bigint[],
): Promise<void> {
  await giveRole(platform, viewer, 'ADMIN');
  const ids = postIds.map((id) => requireGlobalId('Post', id));
  const cases = 'unnest($1::bigint[], $2::bigint[]) AS cases(id, author)';
  const { pool } = platform.environment.database;
  const write = (text: string, ...more: unknown[]) => pool.query(text, [ids, ...more]);
  await write(
    `INSERT INTO moderation.case (id, target_type, target_id, person_id, report_count) SELECT id, 'POST', id, author, 1 FROM ${cases}`,
    authors,
  );
  const viewerId = requireGlobalId('User', viewer.id);
  await write(
    `INSERT INTO moderation.report (id, case_id, reporter_id, reason) SELECT id, id, $2, 'SPAM' FROM unnest($1::bigint[]) AS id`,
    viewerId,
  );
  await write(
    `INSERT INTO moderation.audit_entry (id, kind, actor_id, case_id, subject_id) SELECT id, 'CASE_CLAIMED', $2, id, $2 FROM unnest($1::bigint[]) AS id`,
    viewerId,
  );
}

/** Replies to a comment. */
async function writeReply(
  { environment }: TestPlatform,
  postId: string,
  author: bigint,
  parent: string,
): Promise<void> {
  await environment.database.pool.query(
    `INSERT INTO engagement.comment (post_id, id, parent_id, post_author_id, author_id, text, mentioned_ids, hashtags)
     SELECT post_id, $1, id, post_author_id, $2, 'reply', '{}', '{}' FROM engagement.comment WHERE post_id = $3 AND id = $4`,
    [environment.ids.next(), author, requireGlobalId('Post', postId), requireGlobalId('Comment', parent)],
  );
}
