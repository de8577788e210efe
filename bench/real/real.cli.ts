import { createCommand, runCommand } from '@tintype/cli';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { LogInDocument } from '@tintype/schema/operations';
import { importFollows } from '@tintype/social-graph';
import { createPasswordHasher, importAccounts } from '@tintype/user';
import { inParallel, percentile } from '#fixture/figures.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import { waitUntil } from '#fixture/wait.ts';
import { compareFeeds, readFeed } from './compare.ts';
import { readCaptions, readFollows, readPhotos } from './data.ts';
import { faultsOf, strikeAlong } from './faults.ts';
import { postPhotos } from './post-photos.ts';

const PASSWORD = 'the same for everyone in this run';
const AUTHORS = 24;
const POSTS = 60;
/** Makes celebrities of a few people in the graph, whose largest degree is 1,045. */
const CELEBRITY_FOLLOWERS = '700';

async function count(fixture: Fixture, sql: string): Promise<number> {
  const { rows } = await fixture.resources.database.pool.query<{ count: string }>(sql);
  return Number(rows[0]!.count);
}

await runCommand(
  createCommand('npm run real --')
    .description('Posts real photos in a real social graph, and compares the feeds with an independent query.')
    .option('--faults', 'stop and freeze stores and processes meanwhile')
    .action(({ faults = false }) => postAndCompare(faults)),
);

async function postAndCompare(faults: boolean): Promise<void> {
  const { people, follows } = readFollows();
  const [photos, captions] = [readPhotos(), readCaptions()];
  const fixture = await openFixture({ FEED_CELEBRITY_FOLLOWERS: CELEBRITY_FOLLOWERS });
  try {
    const platform = await fixture.startPlatform();
    say(`importing ${people} people and ${follows.length} follows`);
    const began = Date.now();
    const passwordHash = await createPasswordHasher().hash(PASSWORD);
    const accounts = Array.from({ length: people }, (_, index) => {
      const username = `member.${index}`;
      return { username, email: `${username}@example.org`, displayName: `Member ${index}`, passwordHash };
    });
    const ids = await importAccounts(fixture.resources, accounts);
    await importFollows(
      fixture.resources,
      follows.map(([a, b]) => [ids[a]!, ids[b]!] as const),
    );
    await waitUntil('the audience', async () => {
      return (await count(fixture, 'SELECT count(*) FROM feed.audience WHERE follows')) === follows.length;
    });
    say(`imported and projected in ${((Date.now() - began) / 1000).toFixed(1)} s`);

    const followersOf = new Map<number, number[]>();
    for (const [follower, followee] of follows)
      followersOf.set(followee, [...(followersOf.get(followee) ?? []), follower]);
    const byDegree = [...followersOf.keys()].sort((a, b) => followersOf.get(b)!.length - followersOf.get(a)!.length);
    const authors = Array.from(
      { length: AUTHORS },
      (_, index) => byDegree[Math.floor((index * byDegree.length) / AUTHORS / 8)]!,
    );
    const readers = [...new Set(authors.flatMap((author) => [author, ...followersOf.get(author)!]))];
    say(`${authors.length} authors, ${readers.length} readers: logging in and opening their feeds`);
    const visitor = createClient(`${platform.url}/graphql`);
    const clients = new Map<string, TintypeClient>();
    await inParallel(readers, 8, async (index) => {
      const input = { identifier: `member.${index}`, password: PASSWORD };
      const { logIn } = await visitor.request(LogInDocument, { input });
      const client = visitor.as(logIn!.accessToken!);
      clients.set(String(ids[index]), client);
      await readFeed(client);
    });

    const work = Array.from({ length: POSTS }, (_, index) => {
      const author = authors[index % authors.length]!;
      const follower = followersOf.get(author)!.at(-1)!;
      return {
        photo: photos[index % photos.length]!,
        caption: captions[index]!,
        author: clients.get(String(ids[author]))!,
        follower: clients.get(String(ids[follower]))!,
      };
    });
    say(`posting ${POSTS} photos (${photos.length} different ones)${faults ? ', with faults' : ''}`);
    const strike = strikeAlong(faults ? faultsOf(fixture, platform) : [], POSTS);
    const postingBegan = Date.now();
    const posted = await postPhotos(work, strike);
    const postingMs = Date.now() - postingBegan;

    await waitUntil('publication', async () => {
      return (await count(fixture, "SELECT count(*) FROM post.post WHERE state = 'PUBLISHED'")) >= POSTS;
    });
    let comparison = await compareFeeds(fixture.resources.database.pool, clients);
    // The fan-out of the last post may still be running, so differences are checked again for a while.
    const deadline = Date.now() + 60_000;
    while (comparison.differences.length > 0 && Date.now() < deadline) {
      comparison = await compareFeeds(fixture.resources.database.pool, clients);
    }
    const times = posted.map((post) => post.visibleMs);
    const megabytes = posted.reduce((sum, post) => sum + post.bytes, 0) / 1e6;
    const writes = authors.reduce((sum, author, index) => {
      const posts = Math.floor(POSTS / AUTHORS) + (index < POSTS % AUTHORS ? 1 : 0);
      const followers = followersOf.get(author)!.length;
      return followers >= Number(CELEBRITY_FOLLOWERS) ? sum : sum + posts * (followers + 1);
    }, 0);
    say(`${posted.length} photos, ${megabytes.toFixed(1)} MB in ${(postingMs / 1000).toFixed(1)} s`);
    say(`createPost to visible: p50 ${percentile(times, 0.5)} ms, p95 ${percentile(times, 0.95)} ms`);
    say(`${writes} timeline writes, ${Math.round((writes / postingMs) * 1000)} a second while posting`);
    say(`compared ${comparison.feeds} feeds, ${comparison.entries} entries: ${comparison.differences.length} differ`);
    for (const difference of comparison.differences.slice(0, 10)) say(difference);
    if (comparison.differences.length > 0) process.exitCode = 1;
  } finally {
    await fixture.close();
  }
}
