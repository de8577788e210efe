import type { EventEnvelope } from '@tintype/events';
import { untyped } from '@tintype/postgres/untyped';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog, DAY_MS, type EventLog, idAt, START_MS } from './events.ts';
import { type NotificationFixture, openNotifications } from './fixture.ts';

let inOrder: NotificationFixture;
let shuffled: NotificationFixture;
beforeAll(async () => {
  [inOrder, shuffled] = await Promise.all([openNotifications(), openNotifications()]);
});
afterAll(async () => {
  await inOrder?.environment.close();
  await shuffled?.environment.close();
});

const PEOPLE = 4;
const POSTS = 2;
const COMMENTS = 5;
const person = fc.nat(PEOPLE - 1);
const flag = fc.boolean();
const some = fc.uniqueArray(person, { maxLength: 2 });
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('like' as const), who: person, post: fc.nat(POSTS - 1), on: flag }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('likeComment' as const),
      who: person,
      comment: fc.nat(COMMENTS - 1),
      on: flag,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('comment' as const),
      who: person,
      post: fc.nat(POSTS - 1),
      parent: fc.option(fc.nat(COMMENTS - 1)),
      mentions: some,
      hidden: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('edit' as const),
      comment: fc.nat(COMMENTS - 1),
      added: some,
      removed: some,
      hidden: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('uncomment' as const), comment: fc.nat(COMMENTS - 1) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('share' as const), who: person, post: fc.nat(POSTS - 1) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('unshare' as const), share: fc.nat(2) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      does: fc.constantFrom('follow', 'request', 'mute', 'block'),
      who: person,
      whom: person,
      on: flag,
      asked: flag,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('deletePost' as const), post: fc.nat(POSTS - 1) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 20 }) }) },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

let round = 0;

/** Events that the owners publish for these commands, in the order of their logs. */
function eventsOf(log: EventLog, people: readonly bigint[], commands: readonly Command[]): EventEnvelope[] {
  const posts = Array.from({ length: POSTS }, (_, index) => ({ id: log.newId(), authorId: people[index]! }));
  const comments: Parameters<EventLog['comment']>[0][] = [];
  const shares: Parameters<EventLog['share']>[] = [];
  return commands.flatMap((one): EventEnvelope[] => {
    switch (one.does) {
      case 'like':
        return [log.like(people[one.who]!, posts[one.post]!, one.on)];
      case 'likeComment': {
        const comment = comments[one.comment];
        return comment ? [log.like(people[one.who]!, comment.post, one.on, comment)] : [];
      }
      case 'comment': {
        const parent = one.parent === null ? undefined : comments[one.parent];
        const post = parent?.post ?? posts[one.post]!;
        const comment = { id: log.newId(), post, userId: people[one.who]!, ...(parent && { parent }) };
        comments.push(comment);
        return [
          log.comment(
            comment,
            one.mentions.map((index) => people[index]!),
            one.hidden,
          ),
        ];
      }
      case 'edit': {
        const comment = comments[one.comment];
        const added = one.added.filter((index) => !one.removed.includes(index)).map((index) => people[index]!);
        return comment
          ? [
              log.edit(
                comment,
                added,
                one.removed.map((index) => people[index]!),
                one.hidden,
              ),
            ]
          : [];
      }
      case 'uncomment': {
        const comment = comments[one.comment];
        return comment ? [log.uncomment(comment)] : [];
      }
      case 'share':
        shares.push([log.newId(), people[one.who]!, posts[one.post]!]);
        return [log.share(...shares.at(-1)!)];
      case 'unshare':
        return shares[one.share] ? [log.unshare(...shares[one.share]!)] : [];
      case 'deletePost':
        return [log.deletePost(posts[one.post]!)];
      case 'pass':
        log.pass(one.hours * 3_600_000);
        return [];
      default: {
        const [who, whom] = [people[one.who]!, people[one.whom]!];
        if (who === whom) return [];
        if (one.does === 'mute') return [log.mute(who, whom, one.on)];
        if (one.does === 'block') return [log.block(who, whom, one.on)];
        if (one.does === 'request') return [one.on ? log.request(who, whom) : log.unrequest(who, whom)];
        return [one.on ? log.follow(who, whom, one.asked) : log.unfollow(who, whom)];
      }
    }
  });
}

/** Counts that differ from their rows. */
async function drift({ pool }: NotificationFixture, people: readonly bigint[]): Promise<unknown[]> {
  return untyped(
    pool,
    `SELECT 'unread' AS what, recipient_id FROM notification.recipient r WHERE recipient_id = ANY($1) AND unread_count <>
       (SELECT count(*) FROM notification.notification n
        WHERE n.recipient_id = r.recipient_id AND actor_count > 0 AND read_at IS NULL)
     UNION ALL
     SELECT 'actors', n.recipient_id FROM notification.notification n WHERE n.recipient_id = ANY($1) AND actor_count <>
       (SELECT count(DISTINCT actor_id) FROM notification.activity c
        WHERE c.recipient_id = n.recipient_id AND c.notification_id = n.id AND shown)
     UNION ALL
     SELECT 'newest', n.recipient_id FROM notification.notification n CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(actor_id), '{}') AS ids, coalesce(array_agg(at_ms), '{}') AS times,
         (array_agg(comment_id))[1] AS comment_id
       FROM (SELECT * FROM (SELECT DISTINCT ON (actor_id) actor_id, at_ms, comment_id FROM notification.activity c
               WHERE c.recipient_id = n.recipient_id AND c.notification_id = n.id AND shown
               ORDER BY actor_id, at_ms DESC, comment_id DESC NULLS LAST) AS each
             ORDER BY at_ms DESC, actor_id DESC LIMIT 3) AS three) AS newest
     WHERE n.recipient_id = ANY($1)
       AND (actor_ids, actor_times, n.comment_id) IS DISTINCT FROM (newest.ids, newest.times, newest.comment_id)
     UNION ALL
     SELECT 'unchanged', n.recipient_id FROM notification.notification n
     WHERE n.recipient_id = ANY($1) AND actor_count > 0 AND change_id = 0
     UNION ALL
     SELECT 'created twice', subject::bigint FROM notification.outbox WHERE subject::bigint = ANY($1)
     GROUP BY subject, data->>'notificationId' HAVING count(*) FILTER (WHERE type LIKE '%.created.%') > 1`,
    [people],
  );
}

test('makes the same notifications from the same events, delivered twice and in any order', {
  timeout: 240_000,
}, async () => {
  const order = fc.array(fc.nat(), { minLength: 200, maxLength: 200 });
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 });
  const choosy = fc.subarray(['POST_LIKE', 'COMMENT', 'MENTION', 'FOLLOW'] as const);
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 5, maxLength: 60 }),
      order,
      sizes,
      choosy,
      async (commands, keys, batches, followedOnly) => {
        const startMs = START_MS + ++round * 100 * DAY_MS;
        const people = Array.from({ length: PEOPLE }, (_, index) => idAt(startMs - DAY_MS, index + 1));
        for (const fixture of [inOrder, shuffled]) {
          await fixture.preferences.update(
            people[0]!,
            followedOnly.map((kind) => ({ kind, audience: 'PEOPLE_I_FOLLOW' as const })),
          );
        }
        const events = eventsOf(createLog(startMs), people, commands);
        for (const event of events) await inOrder.take([event]);

        const twice = [...events, ...events].map((event, index) => ({ event, key: keys[index]! }));
        const mixed = twice.toSorted((one, other) => one.key - other.key).map(({ event }) => event);
        for (let from = 0, turn = 0; from < mixed.length; turn++) {
          // Two at a time, like two processes.
          const parts = [turn, turn + 1].map((index) => {
            const part = mixed.slice(from, from + batches[index % batches.length]!);
            from += part.length;
            return part;
          });
          await Promise.all(parts.map((part) => shuffled.take(part)));
        }

        for (const userId of people) expect(await shuffled.seen(userId)).toEqual(await inOrder.seen(userId));
        expect(await drift(inOrder, people)).toEqual([]);
        expect(await drift(shuffled, people)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
