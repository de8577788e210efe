import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog, DAY_MS, idAt, START_MS } from './events.ts';
import { type NotificationFixture, openNotifications } from './fixture.ts';

class KilledError extends Error {}

/** How many statements are left until the process is killed, and whether Postgres executes the last one. */
let fuse: { left: number; isDone: boolean } | null = null;

async function burn<T>(work: () => Promise<T>): Promise<T> {
  const isLast = fuse !== null && --fuse.left === 0;
  if (isLast && !fuse?.isDone) throw new KilledError();
  const result = await work();
  if (isLast) throw new KilledError();
  return result;
}

/** A pool that counts down the fuse with each statement. */
function killable(pool: pg.Pool): pg.Pool {
  const watched = <Client extends pg.Pool | pg.PoolClient>(client: Client): Client =>
    new Proxy(client, {
      get(target, name) {
        const part: unknown = Reflect.get(target, name);
        if (name === 'query') return (...args: [string]) => burn(() => target.query(...args));
        if (name === 'connect') return async () => watched(await pool.connect());
        return typeof part === 'function' ? part.bind(target) : part;
      },
    });
  return watched(pool);
}

let fixtures: [NotificationFixture, NotificationFixture];
beforeAll(async () => {
  fixtures = [await openNotifications(), await openNotifications({ wrap: killable })];
});
afterAll(async () => {
  for (const { environment } of fixtures) await environment.close();
});

test('loses and repeats nothing if the process is killed at any statement', {
  timeout: 120_000,
}, async () => {
  const [whole, killed] = fixtures;
  const log = createLog();
  const [ann, bob, cleo] = [1, 2, 3].map((n) => idAt(START_MS - DAY_MS, n)) as [bigint, bigint, bigint];
  const post = { id: log.newId(), authorId: ann };
  const comment = { id: log.newId(), post, userId: bob };
  const answer = { id: log.newId(), post, userId: cleo, parent: comment };
  const story = [
    [log.likes([bob, cleo], post), log.comment(comment, [cleo]), log.follow(bob, ann)],
    [log.comment(answer), log.like(ann, post, true, comment), log.request(cleo, ann)],
    [log.edit(comment, [ann], [cleo]), log.like(bob, post, false), log.mute(ann, cleo)],
    [log.uncomment(answer), log.share(log.newId(), cleo, post), log.block(bob, ann)],
  ];
  for (const batch of story) await whole.take(batch);

  let deaths = 0;
  for (const batch of story) {
    for (let left = 1; ; left++) {
      for (const isDone of [false, true]) {
        fuse = { left, isDone };
        await killed.take(batch).catch((error: unknown) => {
          if (!(error instanceof KilledError)) throw error;
          deaths++;
        });
      }
      // The whole batch needs fewer statements.
      if (fuse!.left > 0) break;
    }
    fuse = null;
  }
  expect(deaths).toBeGreaterThan(100);
  for (const userId of [ann, bob, cleo]) {
    expect(await killed.seen(userId)).toEqual(await whole.seen(userId));
    expect(await killed.published(userId)).toEqual(await whole.published(userId));
    const [one, other] = [
      await killed.notifications.since(userId, 0n, 100),
      await whole.notifications.since(userId, 0n, 100),
    ];
    expect(one.map(({ readAt }) => readAt)).toEqual(other.map(({ readAt }) => readAt));
  }
});
