import { createClient } from '@tintype/schema/client';
import { LogInDocument } from '@tintype/schema/operations';
import { importFollows } from '@tintype/social-graph';
import { createPasswordHasher, importAccounts } from '@tintype/user';
import pg from 'pg';
import { inParallel } from '#fixture/figures.ts';
import { type Fixture, say } from '#fixture/fixture.ts';
import { waitUntil } from '#fixture/wait.ts';

/** A reader, and how many people they follow. */
export type Reader = { id: bigint; username: string; following: number };

export type World = { readers: Reader[] };

/** Of every reader and author. */
export const PASSWORD = 'the same for everyone in this run';
const POSTS_EACH = 20;
const FIRST_MS = 1_700_000_000_000;
const BATCH = 5000;

/**
 * Authors with posts, and readers who follow some of them. Accounts and follows are imported with their events. Posts
 * are written directly to the tables of their subgraphs. Needs running workers.
 *
 * @param following how many authors the readers of each kind follow
 */
export async function makeWorld(fixture: Fixture, authors: number, following: readonly number[]): Promise<World> {
  const { pool } = fixture.resources.database;
  const passwordHash = await createPasswordHasher().hash(PASSWORD);
  const account = (username: string) => ({
    username,
    email: `${username}@example.org`,
    displayName: username,
    passwordHash,
  });
  const authorIds = await importAccounts(
    fixture.resources,
    Array.from({ length: authors }, (_, index) => account(`author.${index}`)),
  );
  const usernames = following.map((_, index) => `reader.${index}`);
  const readerIds = await importAccounts(fixture.resources, usernames.map(account));
  await writePosts(fixture, authorIds);
  // Spread over all authors, with a different start for each reader.
  const pairs = readerIds.flatMap((readerId, reader) =>
    Array.from({ length: following[reader]! }, (_, n) => {
      const author = Math.floor((n * authors) / following[reader]!) + reader;
      return [readerId, authorIds[author % authors]!] as const;
    }),
  );
  say(`${pairs.length} follows`);
  await importFollows(fixture.resources, pairs);
  await waitUntil('the audience', async () => {
    const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM feed.audience WHERE follows');
    return Number(rows[0]!.count) === pairs.length;
  });
  // The platform's own pools cancel a statement after seconds.
  const client = new pg.Client({ connectionString: fixture.resources.databaseUrl });
  await client.connect();
  await client.query('ANALYZE').finally(() => client.end());
  return {
    readers: readerIds.map((id, index) => ({ id, username: usernames[index]!, following: following[index]! })),
  };
}

async function writePosts(fixture: Fixture, authorIds: readonly bigint[]): Promise<void> {
  const { database, ids } = fixture.resources;
  const posts = Array.from({ length: POSTS_EACH }, (_, round) =>
    authorIds.map((authorId, index) => ({
      authorId,
      id: ids.next(),
      publishedMs: FIRST_MS + (round * authorIds.length + index) * 1000,
    })),
  ).flat();
  say(`${posts.length} posts`);
  for (let from = 0; from < posts.length; from += BATCH) {
    const batch = posts.slice(from, from + BATCH);
    await database.pool.query(
      `WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (author_id, id, ms)),
       posts AS (
         INSERT INTO post.post (author_id, id, caption, state, published_at)
         SELECT author_id, id, 'Post number ' || id, 'PUBLISHED', to_timestamp(ms / 1000.0) FROM given),
       media AS (
         INSERT INTO post.media (author_id, post_id, position, id, upload_id, alt_text, width, height,
           placeholder, renditions)
         SELECT author_id, id, 0, id, id, 'A photo', 4000, 3000, '1QcSHQRnh493V4dIh4eXh1h4kJUI',
           jsonb_build_array(
             jsonb_build_object('kind', 'THUMBNAIL', 'key', 'media/' || id || '/t', 'width', 150, 'height', 150, 'byteSize', 5000),
             jsonb_build_object('kind', 'STANDARD', 'key', 'media/' || id || '/s', 'width', 1080, 'height', 810, 'byteSize', 90000),
             jsonb_build_object('kind', 'HIGH_RES', 'key', 'media/' || id || '/h', 'width', 2048, 'height', 1536, 'byteSize', 250000))
         FROM given),
       counts AS (
         INSERT INTO post.author (user_id, post_count) SELECT author_id, count(*) FROM given GROUP BY 1
         ON CONFLICT (user_id) DO UPDATE SET post_count = post.author.post_count + excluded.post_count)
       INSERT INTO feed.author_post (author_id, published_ms, post_id, version) SELECT author_id, ms, id, 1 FROM given`,
      [batch.map((post) => post.authorId), batch.map((post) => post.id), batch.map((post) => post.publishedMs)],
    );
  }
}

/** An access token for each reader. */
export async function logInAll(endpoint: string, { readers }: World): Promise<Map<Reader, string>> {
  const visitor = createClient(endpoint);
  const tokens = await inParallel(readers, 4, async ({ username }) => {
    const { logIn } = await visitor.request(LogInDocument, { input: { identifier: username, password: PASSWORD } });
    return logIn!.accessToken!;
  });
  return new Map(readers.map((reader, index) => [reader, tokens[index]!]));
}
