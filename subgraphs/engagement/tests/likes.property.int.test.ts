import { type EventEnvelope, readEvents } from '@tintype/events';
import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { ENGAGEMENT_EVENTS } from '@tintype/schema/events/engagement';
import { removeKeys } from '@tintype/testing';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTopCommentStore } from '../src/comment/top-comment.store.ts';
import { readBatch } from '../src/event-log/apply.rules.ts';
import { createApplyService } from '../src/event-log/apply.service.ts';
import { createStatsStore } from '../src/stats/stats.store.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

const PEOPLE = 2;
let fixture: EngagementFixture;
beforeAll(async () => {
  fixture = await openEngagement({ workers: false });
});
afterAll(() => fixture?.close());

/** Statements until the process is killed, counted over all concurrent work. */
let fuse = Number.POSITIVE_INFINITY;
class KilledError extends Error {}

/**
 * A pool of a process that may be killed at any statement: before it is sent, or after it ran but before its result
 * arrives.
 */
function killable(pool: pg.Pool, done: () => boolean): pg.Pool {
  const watch = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, property) {
        if (property === 'release') return () => target.release();
        const part = Reflect.get(target, property);
        if (property !== 'query') return part;
        return async (...args: unknown[]) => {
          if (args[0] === 'ROLLBACK') return target.query('ROLLBACK');
          const burnt = --fuse === 0;
          if (burnt && !done()) throw new KilledError();
          const result = await (part as (...given: unknown[]) => Promise<unknown>).apply(target, args);
          if (burnt) throw new KilledError();
          return result;
        };
      },
    });
  const connect = async () => watch(await pool.connect());
  const query = async (...args: unknown[]) => {
    const client = await connect();
    try {
      return await (client.query as (...given: unknown[]) => Promise<unknown>)(...args);
    } finally {
      client.release();
    }
  };
  return { connect, query } as unknown as pg.Pool;
}

async function readLog(from: bigint): Promise<EventEnvelope[]> {
  const { rows } = await fixture.environment.database.pool.query(
    'SELECT position, id, type, subject, data, occurred_at FROM engagement.outbox WHERE position > $1 ORDER BY position',
    [from],
  );
  return rows.map((row) => ({
    specversion: '1.0',
    id: String(row.id),
    source: '/tintype/engagement',
    type: row.type,
    subject: row.subject,
    time: row.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(row.position),
    data: row.data,
  }));
}

const person = fc.nat(PEOPLE - 1);
const picks = fc.array(fc.nat(20), { maxLength: 8 });
const command = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ does: fc.constant('say' as const), who: person, what: fc.nat(2), liked: fc.boolean() }),
  },
  // Some of the events, in any order and any number of times, to two processes at once.
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('deliver' as const), picks: fc.tuple(picks, picks) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('kill' as const),
      after: fc.integer({ min: 1, max: 9 }),
      done: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const) }) },
);

test('likes and counts equal the latest changes, whatever is redelivered and killed', {
  timeout: 300_000,
}, async () => {
  const { database, redis } = fixture.environment;
  const [author, ...people] = await fixture.world.register(PEOPLE + 1);
  let killedWhenDone = false;
  const pool = killable(database.pool, () => killedWhenDone);
  const applying = createApplyService({
    pool,
    stats: createStatsStore({ redis, pool: database.pool }),
    top: createTopCommentStore({ redis, pool: database.pool }),
  });
  const apply = (events: readonly EventEnvelope[]) =>
    applying.apply(readBatch(readEvents(ENGAGEMENT_EVENTS, events))).catch((error: unknown) => {
      if (!(error instanceof KilledError)) throw error;
    });

  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 1, maxLength: 40 }),
      fc.infiniteStream(fc.nat()),
      async (commands, order) => {
        fuse = Number.POSITIVE_INFINITY;
        const posts = [await fixture.world.publish(author!), await fixture.world.publish(author!)];
        const commentId = await fixture.comment(author!, posts[0]!, 'a comment');
        const targets = [globalId('Post', posts[0]!), globalId('Post', posts[1]!), commentId];
        const targetIds = [...posts, requireGlobalId('Comment', commentId)];
        const [{ position }] = (await database.pool.query('SELECT max(position) AS position FROM engagement.outbox'))
          .rows;
        const model = new Map<string, boolean>();
        for (const one of commands) {
          if (one.does === 'say') {
            const name = `${one.liked ? 'like' : 'unlike'}${one.what === 2 ? 'Comment' : 'Post'}`;
            const input = one.what === 2 ? { commentId } : { postId: targets[one.what] };
            expect((await fixture.act(people[one.who]!, name, input)).errors).toEqual([]);
            model.set(`${people[one.who]}:${targets[one.what]}`, one.liked);
          } else if (one.does === 'deliver') {
            const log = await readLog(position);
            const picked = one.picks.map((list) => list.flatMap((pick) => log[pick] ?? []));
            await Promise.all(picked.map(apply));
          } else if (one.does === 'kill') {
            fuse = one.after;
            killedWhenDone = one.done;
          } else {
            await removeKeys(redis, 'engagement:*');
          }
        }
        fuse = Number.POSITIVE_INFINITY;
        // Events that were not acknowledged arrive again, in another order.
        const left = await readLog(position);
        while (left.length > 0) {
          const size = 1 + (order.next().value! % 3);
          await apply(Array.from({ length: size }, () => left.splice(order.next().value! % left.length, 1)).flat());
        }

        const { rows } = await database.pool.query(
          'SELECT user_id AS "userId", target_id AS "targetId", liked FROM engagement."like" WHERE target_id = ANY($1)',
          [targetIds],
        );
        const targetOf = new Map(targetIds.map((id, index) => [String(id), targets[index]]));
        const found = rows.map((row) => [`${row.userId}:${targetOf.get(String(row.targetId))}`, row.liked] as const);
        expect(new Map(found)).toEqual(model);
        for (const [index, id] of targets.entries()) {
          const likers = people.filter((who) => model.get(`${who}:${id}`));
          for (const viewer of people) {
            const fields = 'likeCount viewerHasLiked';
            const seen =
              index === 2
                ? (
                    await fixture.graph.ask<{ comment: object }>(
                      'engagement',
                      viewer,
                      `{ comment(id: "${id}") { ${fields} } }`,
                    )
                  ).comment
                : await fixture.post(viewer, posts[index]!, fields);
            expect(seen).toMatchObject({ likeCount: likers.length, viewerHasLiked: likers.includes(viewer) });
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
