import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TimelineStore } from '../src/timeline/timeline.store.ts';
import { BUILDER_MS, type FeedFixture, openFeed } from './feed.fixture.ts';

/** Called once, between a service's read from Postgres and its write to Redis. */
type Moment = { method: keyof TimelineStore; when: 'before' | 'after'; happens: () => Promise<unknown> };
let moments: Moment[] = [];

function watched(store: TimelineStore): TimelineStore {
  const reach = async (method: keyof TimelineStore, when: Moment['when']) => {
    const index = moments.findIndex((moment) => moment.method === method && moment.when === when);
    if (index >= 0) await moments.splice(index, 1)[0]!.happens();
  };
  return new Proxy(store, {
    get(target, method: keyof TimelineStore) {
      const part = target[method];
      if (typeof part !== 'function') return part;
      return async (...args: never[]) => {
        await reach(method, 'before');
        const result = await (part as (...given: never[]) => Promise<unknown>)(...args);
        await reach(method, 'after');
        return result;
      };
    },
  });
}

const before = (method: keyof TimelineStore, happens: () => Promise<unknown>) =>
  moments.push({ method, when: 'before', happens });
const after = (method: keyof TimelineStore, happens: () => Promise<unknown>) =>
  moments.push({ method, when: 'after', happens });
const kill = async () => {
  throw new Error('killed');
};

let feed: FeedFixture;
let next = 0n;
let [reader, author, other] = [0n, 0n, 0n];
let hidden: bigint[] = [];
const NOON = 1_763_000_000_000n;

beforeAll(async () => {
  feed = await openFeed({ wrap: watched, lengths: { shown: 8, kept: 10, cutAt: 12 }, hidden: () => hidden });
});
afterAll(() => feed.environment.close());
beforeEach(() => {
  moments = [];
  hidden = [];
  next += 1000n;
  [reader, author, other] = [next, next + 1n, next + 2n];
});

const idOf = (nth: number, by = author) => by * 1000n + BigInt(nth);
const publish = (nth: number, by = author) => feed.post(by, idOf(nth, by), NOON + BigInt(nth), false);
const remove = (nth: number, by = author) => feed.post(by, idOf(nth, by), NOON + BigInt(nth), true);

/** Reads the timeline in Redis. All callbacks must have been called, and nothing may be built for the read. */
async function expectRight(): Promise<void> {
  expect(moments).toEqual([]);
  await sleep(BUILDER_MS);
  await feed.read(reader);
  expect(await feed.read(reader)).toEqual(await feed.expected(reader));
}

describe('a fan-out that has read its page of followers', () => {
  beforeEach(async () => {
    await feed.follow(reader, author, true);
    await publish(1);
    await feed.read(reader);
  });

  test('takes a post back from a follower who unfollows before it is written', async () => {
    after('push', async () => before('push', () => feed.follow(reader, author, false)));
    await publish(2);
    await expectRight();
  });

  test('takes it back from a follower who mutes the author', async () => {
    after('push', async () => before('push', () => feed.mute(reader, author, true)));
    await publish(2);
    await expectRight();
  });

  test('takes it back even if the fan-out was killed in between and redelivered much later', async () => {
    const version = 1_000_000n;
    const occurredAt = new Date();
    const deliver = () => feed.post(author, idOf(2), NOON + 2n, false, version, occurredAt);
    after('push', async () => {
      before('push', () => feed.follow(reader, author, false));
      after('push', kill);
    });
    await expect(deliver()).rejects.toThrow('killed');
    expect(await feed.read(reader)).not.toEqual([]);
    const { pool } = feed.environment.database;
    // As if an hour had passed.
    await pool.query("UPDATE feed.audience SET ended_at = ended_at - interval '1 hour' WHERE follower_id = $1", [
      reader,
    ]);
    await feed.post(author, idOf(2), NOON + 2n, false, version, new Date(occurredAt.getTime() - 3_600_000));
    await expectRight();
  });

  test('takes a post back from all followers if the author is hidden before it is written', async () => {
    after('push', async () => before('push', () => feed.close(author, true)));
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });

  test('leaves it with the followers of an author who is hidden and comes back', async () => {
    after('push', async () =>
      before('push', async () => {
        await feed.close(author, true);
        await feed.close(author, false);
      }),
    );
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('notices that a hidden author comes back while it writes', async () => {
    await feed.close(author, true);
    after('push', async () => void (await feed.close(author, false)));
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('brings a post back that was removed for a hidden author who came back meanwhile', async () => {
    after('push', async () =>
      before('push', async () => {
        await feed.close(author, true);
        before('remove', () => feed.close(author, false));
      }),
    );
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('takes a post back that is deleted before it is written', async () => {
    after('push', async () => before('push', () => remove(2)));
    await publish(2);
    await expectRight();
  });

  test('leaves it with a follower who unfollows and follows again', async () => {
    after('push', async () =>
      before('push', async () => {
        await feed.follow(reader, author, false);
        await feed.follow(reader, author, true);
      }),
    );
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('includes people who follow while it reads followers', async () => {
    await feed.follow(reader, author, false);
    after('push', async () => void (await feed.follow(reader, author, true)));
    await publish(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });
});

describe('a rebuild that has read Postgres', () => {
  beforeEach(async () => {
    await feed.follow(reader, author, true);
    await publish(1);
  });

  test.each(['put', 'complete'] as const)('does not lose posts that are published before its %s', async (method) => {
    before(method, () => publish(2));
    await feed.read(reader);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test.each(['put', 'complete'] as const)('does not keep posts that are deleted before its %s', async (method) => {
    before(method, () => remove(1));
    await feed.read(reader);
    await expectRight();
  });

  test.each(['put', 'complete'] as const)(
    'does not keep posts by an author who is unfollowed before its %s',
    async (method) => {
      before(method, () => feed.follow(reader, author, false));
      await feed.read(reader);
      await expectRight();
    },
  );

  test.each(['put', 'complete'] as const)(
    'does not keep posts by an author who is hidden before its %s',
    async (method) => {
      before(method, () => feed.close(author, true));
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toEqual([]);
    },
  );

  test.each(['put', 'complete'] as const)(
    'does not miss posts by an author who comes back before its %s',
    async (method) => {
      await feed.close(author, true);
      before(method, () => feed.close(author, false));
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toHaveLength(1);
    },
  );

  test.each(['put', 'complete'] as const)(
    'does not miss posts by an author who is followed before its %s',
    async (method) => {
      await publish(1, other);
      before(method, () => feed.follow(reader, other, true));
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toHaveLength(2);
    },
  );

  test('leaves a correct timeline if it is killed before its second check', async () => {
    before('put', () => feed.follow(reader, author, false));
    after('put', kill);
    await feed.read(reader);
    await expectRight();
  });

  test.each(['put', 'complete'] as const)('starts again if Redis is lost before its %s', async (method) => {
    before(method, () => feed.loseRedis());
    expect(await feed.read(reader)).toEqual(await feed.expected(reader));
    await expectRight();
  });

  test('does not complete a rebuild that another process started after Redis was lost', async () => {
    before('complete', async () => {
      await feed.loseRedis();
      expect(await feed.timelines.begin({ home: reader })).toMatch(/^-\d+$/);
    });
    expect(await feed.read(reader)).toEqual(await feed.expected(reader));
    await expectRight();
  });
});

describe('an author who becomes a celebrity', () => {
  const fans = () => [next + 10n, next + 11n];
  const promote = async () => {
    for (const fan of fans()) await feed.follow(fan, author, true);
  };
  beforeEach(async () => {
    await feed.follow(reader, author, true);
    await publish(1);
    await feed.read(reader);
  });

  test('is pulled by existing followers, with no post missing or repeated', async () => {
    await promote();
    await publish(2);
    await expectRight();
    await feed.loseRedis();
    await publish(3);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(3);
  });

  test.each(['addPull', 'begin', 'put', 'complete'] as const)('can publish before %s', async (method) => {
    before(method, () => publish(2));
    await promote();
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('can be promoted while a post is being fanned out', async () => {
    after('push', promote);
    await publish(2);
    await publish(3);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(3);
  });

  test('is not pulled for a follower who unfollows during the promotion', async () => {
    before('addPull', () => feed.follow(reader, author, false));
    await promote();
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });

  test('is promoted even if the process was killed during the promotion', async () => {
    const [first, second] = fans();
    await feed.follow(first!, author, true);
    before('addPull', () => feed.follow(reader, author, false));
    after('addPull', kill);
    await expect(feed.follow(second!, author, true, 500_000n)).rejects.toThrow('killed');
    await feed.follow(second!, author, true, 500_000n);
    await publish(2);
    await expectRight();
    reader = first!;
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(2);
  });

  test('leaves the feed of a person who unfollows, whether pushed or pulled', async () => {
    await promote();
    await publish(2);
    await feed.read(reader);
    await feed.follow(reader, author, false);
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });
});

describe('a timeline that is cut', () => {
  test('has no gaps after following an author with more posts than are kept, and after deletions', async () => {
    await publish(0, other);
    await feed.follow(reader, other, true);
    await feed.read(reader);
    for (let nth = 1; nth <= 16; nth++) await publish(nth);
    await feed.follow(reader, author, true);
    await expectRight();
    for (let nth = 16; nth > 10; nth--) await remove(nth);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(8);
  });

  test('has no gaps if events of old posts are redelivered', async () => {
    await feed.follow(reader, author, true);
    await feed.read(reader);
    for (let nth = 1; nth <= 20; nth++) await publish(nth);
    await feed.post(author, idOf(1), NOON + 1n, false, 1n);
    for (let nth = 20; nth > 12; nth--) {
      await remove(nth);
      expect(await feed.read(reader)).toEqual(await feed.expected(reader));
    }
    expect(await feed.read(reader)).toHaveLength(8);
  });

  test('of a celebrity has no gaps after deletions', async () => {
    for (const fan of [reader, next + 10n, next + 11n]) await feed.follow(fan, author, true);
    await feed.read(reader);
    for (let nth = 1; nth <= 20; nth++) await publish(nth);
    await feed.read(reader);
    for (let nth = 20; nth > 12; nth--) await remove(nth);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(8);
  });
});

describe('a followed hashtag', () => {
  const tagged = (nth: number, by = author, tag = `tag${next}`) =>
    feed.post(by, idOf(nth, by), NOON + BigInt(nth), false, undefined, undefined, [tag]);
  const followTag = () => feed.follows.follow(reader, `tag${next}`);
  const unfollowTag = () => feed.follows.unfollow(reader, `tag${next}`);
  beforeEach(async () => {
    await tagged(1);
    await feed.read(reader);
  });

  test('appears in an existing timeline, and leaves it', async () => {
    await followTag();
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(1);
    await unfollowTag();
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });

  test('and unfollowed while it is being added is not in the feed', async () => {
    before('addPull', unfollowTag);
    await followTag();
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });

  test('again during an unfollow is in the feed', async () => {
    await followTag();
    before('removePull', followTag);
    await unfollowTag();
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(1);
  });

  test.each(['put', 'complete'] as const)('before the %s of a rebuild is in the feed', async (method) => {
    await feed.loseRedis();
    before(method, followTag);
    await feed.read(reader);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(1);
  });

  test.each(['put', 'complete'] as const)(
    'and unfollowed before the %s of a rebuild is not in the feed',
    async (method) => {
      await followTag();
      await feed.loseRedis();
      before(method, unfollowTag);
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toEqual([]);
    },
  );

  test.each(['before', 'after'] as const)(
    'by a process that is killed %s writing to Redis is added later',
    async (when) => {
      moments.push({ method: 'addPull', when, happens: kill });
      expect(await followTag()).toBe(true);
      const { pool } = feed.environment.database;
      const unreconciled = 'SELECT count(*)::int AS n FROM feed.hashtag_follow WHERE NOT reconciled';
      expect((await pool.query(unreconciled)).rows[0].n).toBe(1);
      await pool.query("UPDATE feed.hashtag_follow SET changed_at = now() - interval '1 minute'");
      expect(await feed.follows.reconcileOverdue()).toBe(1);
      expect(await feed.follows.reconcileOverdue()).toBe(0);
      await expectRight();
      expect(await feed.read(reader)).toHaveLength(1);
    },
  );

  test.each(['begin', 'put', 'complete'] as const)(
    'has what is published before the %s of its timeline',
    async (method) => {
      await followTag();
      // The reader's timeline exists, so only the hashtag's is built.
      before(method, () => tagged(2));
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toHaveLength(2);
    },
  );

  test.each(['put', 'complete'] as const)(
    'has nothing that is deleted before the %s of its timeline',
    async (method) => {
      await followTag();
      before(method, () => remove(1));
      await feed.read(reader);
      await expectRight();
      expect(await feed.read(reader)).toEqual([]);
    },
  );

  test('has no post that is deleted while the posts are added', async () => {
    await followTag();
    await feed.read(reader);
    before('push', () => remove(2));
    await tagged(2);
    await expectRight();
    expect(await feed.read(reader)).toHaveLength(1);
    await remove(1);
    await expectRight();
    expect(await feed.read(reader)).toEqual([]);
  });

  test('has only the newest posts, even if some of them are hidden or deleted', async () => {
    await followTag();
    await feed.read(reader);
    for (let nth = 2; nth <= 16; nth++) await tagged(nth, nth % 2 ? author : other);
    hidden = [author];
    await expectRight();
    // Half of the newest eight are shown. The ninth is not read.
    expect(await feed.read(reader)).toEqual([16, 14, 12, 10].map((nth) => String(idOf(nth, other))));
    for (let nth = 16; nth > 8; nth--)
      await feed.post(nth % 2 ? author : other, idOf(nth, nth % 2 ? author : other), NOON + BigInt(nth), true);
    await expectRight();
    expect(await feed.read(reader)).toEqual([8, 6, 4, 2].map((nth) => String(idOf(nth, other))));
  });
});
