import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TimelineStore } from '../src/timeline/timeline.store.ts';
import { BUILDER_MS, counted, type FeedStage, openFeed } from './stage.ts';

/** Uses of Redis until one of them does not come back; whether it was done in Redis before that. */
let fuse: { left: number; done: boolean } | null = null;
class KilledError extends Error {}

/** A process that is killed at its n-th use of Redis; the events that it held are delivered again later. */
function killable(store: TimelineStore): TimelineStore {
  return new Proxy(store, {
    get(target, property: keyof TimelineStore) {
      const part = target[property];
      if (typeof part !== 'function') return part;
      return async (...args: never[]) => {
        // What runs side by side meets in every order.
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

let feed: FeedStage;
beforeAll(async () => {
  feed = await openFeed({ wrap: killable, lengths: { shown: SHOWN, kept: 5, cutAt: 6 } });
});
afterAll(() => feed.environment.close());

const PEOPLE = 5;
const person = fc.nat(PEOPLE - 1);
const flag = fc.boolean();
const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant('publish' as const), who: person, tie: flag }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('delete' as const), post: fc.nat(40) }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('follow' as const), who: person, whom: person, on: flag }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('mute' as const), who: person, whom: person, on: flag }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('read' as const), who: person }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('repeat' as const), event: fc.nat(80) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('kill' as const), after: fc.integer({ min: 1, max: 12 }), done: flag }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

type Post = { authorId: bigint; postId: bigint; publishedMs: bigint; deleted: boolean };
/** By `follow` or `mute`, who and whom: what the newest event said. */
type Relations = Map<string, boolean>;

const SHOWN = 4;

/** What was told, however it arrived. */
function definition(reader: bigint, posts: readonly Post[], relations: Relations): string[] {
  const receives = (authorId: bigint) =>
    authorId === reader ||
    (relations.get(`follow ${reader} ${authorId}`) === true && relations.get(`mute ${reader} ${authorId}`) !== true);
  return posts
    .filter((post) => !post.deleted && receives(post.authorId))
    .sort((a, b) => Number(b.publishedMs - a.publishedMs) || Number(b.postId - a.postId))
    .slice(0, SHOWN)
    .map((post) => String(post.postId));
}

let round = 0;

/** Groups of commands run side by side, the groups one after the other. */
async function play(groups: readonly (readonly Command[])[]): Promise<void> {
  const base = BigInt(++round) * 1000n;
  const people = Array.from({ length: PEOPLE }, (_, index) => base + BigInt(index));
  const posts: Post[] = [];
  const relations: Relations = new Map();
  const told: (() => Promise<void>)[] = [];
  const undelivered: (() => Promise<void>)[] = [];
  let version = BigInt(round) * 1_000_000n;
  let clock = 1_763_000_000_000n + BigInt(round) * 1_000_000n;

  const deliver = (event: () => Promise<void>): Promise<void> =>
    event().catch((error: unknown) => {
      if (!(error instanceof KilledError)) throw error;
      undelivered.push(event);
    });
  const tell = (event: () => Promise<void>): Promise<void> => {
    told.push(event);
    return deliver(event);
  };

  const run = async (one: Command): Promise<void> => {
    const at = ++version;
    const toldAt = new Date();
    switch (one.does) {
      case 'publish': {
        const publishedMs = one.tie ? clock : ++clock;
        const post: Post = { authorId: people[one.who]!, postId: base * 1000n + at, publishedMs, deleted: false };
        posts.push(post);
        return tell(() => feed.post(post.authorId, post.postId, post.publishedMs, false, at, toldAt));
      }
      case 'delete': {
        const post = posts[one.post];
        if (!post) return;
        post.deleted = true;
        return tell(() => feed.post(post.authorId, post.postId, post.publishedMs, true, at, toldAt));
      }
      case 'follow':
      case 'mute': {
        const [who, whom] = [people[one.who]!, people[one.whom]!];
        if (who === whom) return;
        relations.set(`${one.does} ${who} ${whom}`, one.on);
        return tell(() => feed[one.does](who, whom, one.on, at));
      }
      case 'read':
        return void (await feed.read(people[one.who]!));
      case 'lose':
        return feed.loseRedis();
      case 'repeat':
        return told[one.event] && deliver(told[one.event]!);
      case 'kill':
        fuse = { left: one.after, done: one.done };
    }
  };
  for (const group of groups) await Promise.all(group.map(run));
  fuse = null;
  for (const event of undelivered) await event();
  await sleep(BUILDER_MS);
  const fallbacks = await counted('feed_fallback_reads_total');
  for (const reader of people) {
    const right = definition(reader, posts, relations);
    expect(await feed.read(reader)).toEqual(right);
    expect(await feed.expected(reader)).toEqual(right);
  }
  expect(await counted('feed_fallback_reads_total')).toBe(fallbacks);
}

test('a home feed is its definition after any events, in any order, repeated, with processes killed and Redis lost', {
  timeout: 300_000,
}, async () => {
  const groups = fc.array(fc.array(command, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 16 });
  await fc.assert(fc.asyncProperty(groups, play), { numRuns: Number(process.env.FEED_RUNS ?? 60) });
});
