import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeedItem } from '../src/home/home.service.ts';
import type { TimelineStore } from '../src/timeline/timeline.store.ts';
import { BUILDER_MS, counted, type FeedFixture, openFeed } from './feed.fixture.ts';

/** How many uses of Redis are left until one of them fails, and whether Redis executes it before it fails. */
let fuse: { left: number; done: boolean } | null = null;
class KilledError extends Error {}

/** A process that is killed at its n-th use of Redis. Its unacknowledged events are delivered again later. */
function killable(store: TimelineStore): TimelineStore {
  return new Proxy(store, {
    get(target, property: keyof TimelineStore) {
      const part = target[property];
      if (typeof part !== 'function') return part;
      return async (...args: never[]) => {
        // Concurrent work interleaves in every order.
        await sleep(Math.random() * 4);
        const burnt = fuse && --fuse.left === 0;
        if (burnt && !fuse!.done) throw new KilledError();
        const result = await (part as (...given: never[]) => Promise<unknown>)(...args);
        if (burnt) throw new KilledError();
        return result;
      };
    },
  });
}

let feed: FeedFixture;
beforeAll(async () => {
  feed = await openFeed({ wrap: killable, lengths: { shown: SHOWN, kept: 5, cutAt: 6 }, hidden: hiddenFrom });
});
afterAll(() => feed.environment.close());

const PEOPLE = 5;
const person = fc.nat(PEOPLE - 1);
const flag = fc.boolean();
const TAGS = ['fog', 'sea'];
const tag = fc.constantFrom(...TAGS);
const command = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('publish' as const),
      who: person,
      tie: flag,
      tags: fc.uniqueArray(tag, { maxLength: 2 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('delete' as const), post: fc.nat(40) }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('follow' as const), who: person, whom: person, on: flag }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('mute' as const), who: person, whom: person, on: flag }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('close' as const), who: person, on: flag }) },
  { weight: 7, arbitrary: fc.record({ does: fc.constant('followTag' as const), who: person, tag, on: flag }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('hide' as const), who: person, whom: person, on: flag }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('read' as const), who: person }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('repeat' as const), event: fc.nat(80) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('kill' as const), after: fc.integer({ min: 1, max: 12 }), done: flag }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

type Post = { authorId: bigint; postId: bigint; publishedMs: bigint; deleted: boolean; tags: string[] };
/** The latest state by kind (`follow`, `mute`, `hide`, `close` or `followTag`) and pair. */
type Relations = Map<string, boolean>;
let relations: Relations = new Map();
let people: bigint[] = [];

const SHOWN = 4;

const isClosed = (who: bigint) => relations.get(`close ${who}`) === true;

/** Authors whose posts a hashtag must not add: muted, hidden, or not visible to the reader. */
function hiddenFrom(reader: bigint): bigint[] {
  const says = (what: string, whom: bigint) => relations.get(`${what} ${reader} ${whom}`) === true;
  return people.filter((whom) => whom !== reader && (says('hide', whom) || says('mute', whom) || isClosed(whom)));
}

/**
 * The expected feed, however events arrived: ids of posts, followed by the hashtag if the post is there only because of
 * it.
 */
function definition(reader: bigint, posts: readonly Post[]): string[] {
  const newestFirst = posts
    .filter((post) => !post.deleted)
    .sort((a, b) => Number(b.publishedMs - a.publishedMs) || Number(b.postId - a.postId));
  const followed = TAGS.filter((key) => relations.get(`followTag ${reader} ${key}`) === true);
  const tagged = (key: string) => newestFirst.filter((post) => post.tags.includes(key)).slice(0, SHOWN);
  const hidden = new Set(hiddenFrom(reader));
  const receives = (authorId: bigint) =>
    authorId === reader ||
    (relations.get(`follow ${reader} ${authorId}`) === true &&
      relations.get(`mute ${reader} ${authorId}`) !== true &&
      !isClosed(authorId));
  return newestFirst
    .map((post) => {
      if (receives(post.authorId)) return String(post.postId);
      const key = followed.find((one) => tagged(one).includes(post));
      return key && !hidden.has(post.authorId) ? `${post.postId} ${key}` : null;
    })
    .filter((item) => item !== null)
    .slice(0, SHOWN);
}

function nameOf({ postId, hashtag }: FeedItem): string {
  return hashtag ? `${postId} ${hashtag.key}` : String(postId);
}

let round = 0;

/** Runs the groups one after another, and the commands of a group at the same time. */
async function play(groups: readonly (readonly Command[])[]): Promise<void> {
  const base = BigInt(++round) * 1000n;
  people = Array.from({ length: PEOPLE }, (_, index) => base + BigInt(index));
  const posts: Post[] = [];
  relations = new Map();
  // Each round has its own tags, so that rounds do not affect each other.
  const tagOf = (name: string) => `${name}${round}`;
  const published: (() => Promise<void>)[] = [];
  const asking = new Set<string>();
  const undelivered: (() => Promise<void>)[] = [];
  let version = BigInt(round) * 1_000_000n;
  let clock = 1_763_000_000_000n + BigInt(round) * 1_000_000n;

  const deliver = (event: () => Promise<void>): Promise<void> =>
    event().catch((error: unknown) => {
      if (!(error instanceof KilledError)) throw error;
      undelivered.push(event);
    });
  const publish = (event: () => Promise<void>): Promise<void> => {
    published.push(event);
    return deliver(event);
  };

  const run = async (one: Command): Promise<void> => {
    const at = ++version;
    const occurredAt = new Date();
    switch (one.does) {
      case 'publish': {
        const publishedMs = one.tie ? clock : ++clock;
        const post: Post = {
          authorId: people[one.who]!,
          postId: base * 1000n + at,
          publishedMs,
          deleted: false,
          tags: one.tags,
        };
        posts.push(post);
        const tags = post.tags.map(tagOf);
        return publish(() => feed.post(post.authorId, post.postId, post.publishedMs, false, at, occurredAt, tags));
      }
      case 'delete': {
        const post = posts[one.post % Math.max(1, posts.length)];
        if (!post) return;
        post.deleted = true;
        return publish(() => feed.post(post.authorId, post.postId, post.publishedMs, true, at, occurredAt));
      }
      case 'follow':
      case 'mute': {
        const [who, whom] = [people[one.who]!, people[one.whom]!];
        if (who === whom) return;
        relations.set(`${one.does} ${who} ${whom}`, one.on);
        return publish(() => feed[one.does](who, whom, one.on, at));
      }
      case 'close': {
        const who = people[one.who]!;
        relations.set(`close ${who}`, one.on);
        return publish(() => feed.close(who, one.on, at));
      }
      case 'followTag': {
        const [reader, key] = [people[one.who]!, tagOf(one.tag)];
        // Concurrent changes have no defined order.
        if (asking.has(`${reader} ${key}`)) return;
        asking.add(`${reader} ${key}`);
        relations.set(`followTag ${reader} ${one.tag}`, one.on);
        await (one.on ? feed.follows.follow(reader, key) : feed.follows.unfollow(reader, key));
        asking.delete(`${reader} ${key}`);
        return;
      }
      case 'hide':
        if (one.who !== one.whom) relations.set(`hide ${people[one.who]} ${people[one.whom]}`, one.on);
        return;
      case 'read':
        return void (await feed.read(people[one.who]!));
      case 'lose':
        return void (await feed.loseRedis());
      case 'repeat':
        return published[one.event] && deliver(published[one.event]!);
      case 'kill':
        fuse = { left: one.after, done: one.done };
    }
  };
  for (const group of groups) await Promise.all(group.map(run));
  fuse = null;
  for (const event of undelivered) await event();
  // Like the job, which runs later.
  await feed.environment.database.pool.query("UPDATE feed.hashtag_follow SET changed_at = now() - interval '1 hour'");
  await feed.follows.reconcileOverdue();
  await sleep(BUILDER_MS);
  const fallbacks = await counted('feed_fallback_reads_total');
  for (const reader of people) {
    const right = definition(reader, posts);
    const named = right.map((item) => item.replace(/ (.+)$/, (_, key: string) => ` ${tagOf(key)}`));
    for (const first of [1, 3, 100]) expect((await feed.readItems(reader, first)).map(nameOf)).toEqual(named);
    expect(await feed.expected(reader)).toEqual(right.map((item) => item.split(' ')[0]));
  }
  expect(await counted('feed_fallback_reads_total')).toBe(fallbacks);
  for (const reader of people) {
    const withRedis = await feed.readItems(reader, 100);
    for (const first of [1, 3]) expect(await feed.readItems(reader, first, feed.pageWithoutRedis)).toEqual(withRedis);
  }
}

test('a home feed equals its definition after any events in any order, with repetitions, killed processes and a lost Redis', {
  timeout: 300_000,
}, async () => {
  const groups = fc.array(fc.array(command, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 16 });
  await fc.assert(fc.asyncProperty(groups, play), { numRuns: Number(process.env.FEED_RUNS ?? 60) });
});
