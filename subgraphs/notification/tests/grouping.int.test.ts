import type { PostAudience } from '@tintype/policy';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { EligibleRecipients } from '../src/ingest/eligible-recipients.ts';
import { createLog, DAY_MS, type EventLog, idAt, START_MS } from './events.ts';
import { type NotificationFixture, openNotifications } from './fixture.ts';

let fixture: NotificationFixture;
let log: EventLog;
let [ann, bob, cleo, dan]: bigint[] = [];
let people = 0;
beforeAll(async () => {
  fixture = await openNotifications();
});
afterAll(() => fixture.environment.close());
beforeEach(() => {
  log = createLog();
  [ann, bob, cleo, dan] = [1, 2, 3, 4].map(() => idAt(START_MS - DAY_MS, ++people));
});

const post = () => ({ id: log.newId(), authorId: ann! });
const take = (...events: Parameters<NotificationFixture['take']>[0]) => fixture.take(events);
/** The notifications of a person: kind and actors, newest first. */
const has = async (userId: bigint) =>
  (await fixture.seen(userId)).map(({ kind, actorIds, actorCount }) => ({ kind, actorIds, actorCount }));
const one = (kind: string, ...actorIds: bigint[]) => ({ kind, actorIds, actorCount: actorIds.length });
const counts = async (userId: bigint) => {
  const { rows } = await fixture.pool.query(
    `SELECT (SELECT count(*)::int FROM notification.notification
       WHERE recipient_id = $1 AND actor_count > 0 AND read_at IS NULL) AS rows,
       coalesce((SELECT unread_count FROM notification.recipient WHERE recipient_id = $1), 0) AS counted`,
    [userId],
  );
  expect(rows[0].counted).toBe(rows[0].rows);
  expect(await fixture.unread.find(userId)).toBe(rows[0].rows);
  return rows[0].rows as number;
};

describe('likes', () => {
  test('of one photo are one notification, latest people first', async () => {
    const photo = post();
    await take(log.like(bob!, photo), log.like(cleo!, photo), log.like(dan!, photo));
    expect(await has(ann!)).toEqual([one('POST_LIKE', dan!, cleo!, bob!)]);
    expect(await counts(ann!)).toBe(1);
    await take(log.like(idAt(START_MS, 999), photo));
    const [group] = await fixture.seen(ann!);
    expect(group).toMatchObject({ actorCount: 4, actorIds: [idAt(START_MS, 999), dan, cleo] });
    expect(await fixture.published(ann!)).toEqual([
      `created POST_LIKE ${dan}`,
      `changed POST_LIKE ${idAt(START_MS, 999)}`,
    ]);
  });

  test('of a comment notify its author', async () => {
    const photo = post();
    const comment = { id: log.newId(), post: photo, userId: bob! };
    await take(log.like(cleo!, photo, true, comment));
    expect(await has(bob!)).toEqual([one('COMMENT_LIKE', cleo!)]);
    expect(await has(ann!)).toEqual([]);
  });

  test('that are undone are withdrawn, and are not published again within the window', async () => {
    const photo = post();
    await take(log.like(bob!, photo), log.like(cleo!, photo));
    await take(log.like(bob!, photo, false));
    expect(await has(ann!)).toEqual([one('POST_LIKE', cleo!)]);
    await take(log.like(cleo!, photo, false));
    expect(await has(ann!)).toEqual([]);
    expect(await counts(ann!)).toBe(0);
    await take(log.like(bob!, photo));
    expect(await has(ann!)).toEqual([one('POST_LIKE', bob!)]);
    expect(await fixture.published(ann!)).toHaveLength(1);
    await fixture.reads.markAllRead(ann!, null);
    await take(log.like(bob!, photo, false));
    await take(log.like(bob!, photo));
    expect(await counts(ann!)).toBe(0);
    expect(await fixture.published(ann!)).toHaveLength(1);
  });

  test('in the next window are another notification', async () => {
    const photo = post();
    await take(log.like(bob!, photo));
    log.pass(DAY_MS);
    await take(log.like(cleo!, photo));
    expect(await has(ann!)).toEqual([one('POST_LIKE', bob!), one('POST_LIKE', cleo!)]);
    await take(log.like(bob!, photo));
    expect(await has(ann!)).toEqual([one('POST_LIKE', bob!, cleo!)]);
  });

  test('of own posts and comments notify nobody', async () => {
    const photo = post();
    const comment = { id: log.newId(), post: photo, userId: ann! };
    await take(log.like(ann!, photo), log.like(ann!, photo, true, comment), log.comment(comment, [ann!]));
    await take(log.share(log.newId(), ann!, photo));
    expect(await has(ann!)).toEqual([]);
  });
});

describe('comments', () => {
  test('notify each person once, with the most specific kind', async () => {
    const photo = post();
    const first = { id: log.newId(), post: photo, userId: bob! };
    const reply = { id: log.newId(), post: photo, userId: cleo!, parent: first };
    await take(log.comment(first));
    await take(log.comment(reply, [dan!, ann!]));
    expect(await has(bob!)).toEqual([one('REPLY', cleo!)]);
    expect(await has(dan!)).toEqual([one('MENTION', cleo!)]);
    expect(await has(ann!)).toEqual([one('COMMENT', bob!), one('MENTION', cleo!)]);
    const own = { id: log.newId(), post: { id: log.newId(), authorId: bob! }, userId: bob! };
    await take(log.comment({ id: log.newId(), post: own.post, userId: dan!, parent: own }));
    expect(await has(bob!)).toEqual([one('REPLY', cleo!), one('REPLY', dan!)]);
  });

  test('of one person count as one actor', async () => {
    const photo = post();
    const comments = [1, 2, 3].map(() => ({ id: log.newId(), post: photo, userId: bob! }));
    await take(...comments.map((comment) => log.comment(comment)));
    expect(await has(ann!)).toEqual([one('COMMENT', bob!)]);
    await take(log.uncomment(comments[2]!), log.uncomment(comments[0]!));
    expect(await has(ann!)).toEqual([one('COMMENT', bob!)]);
    const newest = (await fixture.notifications.since(ann!, 0n, 100)).at(-1);
    expect(newest!.commentId).toBe(comments[1]!.id);
    await take(log.uncomment(comments[1]!));
    expect(await has(ann!)).toEqual([]);
  });

  test('notify nobody while they are hidden', async () => {
    const photo = post();
    const comment = { id: log.newId(), post: photo, userId: bob! };
    await take(log.comment(comment, [cleo!], true));
    expect([await has(ann!), await has(cleo!)]).toEqual([[], []]);
    await take(log.edit(comment, [], []));
    expect([await has(ann!), await has(cleo!)]).toEqual([[one('COMMENT', bob!)], [one('MENTION', bob!)]]);
    await take(log.edit(comment, [], [], true));
    expect([await has(ann!), await has(cleo!)]).toEqual([[], []]);
  });

  test('notify people whom an edit adds, and withdraw from people whom it removes', async () => {
    const photo = post();
    const comment = { id: log.newId(), post: photo, userId: bob! };
    await take(log.comment(comment, [cleo!]));
    await take(log.edit(comment, [dan!, ann!], [cleo!]));
    expect([await has(cleo!), await has(dan!)]).toEqual([[], [one('MENTION', bob!)]]);
    // The author of the post already has a notification of this comment.
    expect(await has(ann!)).toEqual([one('MENTION', bob!)]);
    expect(await fixture.published(ann!)).toEqual([`created COMMENT ${bob}`]);
    expect(await counts(ann!)).toBe(1);
    await take(log.edit(comment, [], [ann!]));
    expect(await has(ann!)).toEqual([one('COMMENT', bob!)]);
  });

  test('do not notify mentioned people who may not see the post', async () => {
    const eligibleRecipients: EligibleRecipients = async (authorId, _audience, userIds) =>
      userIds.filter((id) => authorId === ann && id === cleo);
    const closed = await openNotifications({ eligibleRecipients });
    onTestFinished(() => closed.environment.close());
    await closed.take([log.comment({ id: log.newId(), post: post(), userId: bob! }, [ann!, cleo!, dan!])]);
    const kindsOf = async (userId: bigint) => (await closed.seen(userId)).map(({ kind }) => kind);
    expect(await Promise.all([ann!, cleo!, dan!].map(kindsOf))).toEqual([['MENTION'], ['MENTION'], []]);
  });

  test('notify only close friends on posts for them, and nobody on posts that no longer exist', async () => {
    const [forAll, forFriends, deleted] = [post(), post(), post()];
    const audiences = new Map<bigint, PostAudience>([
      [forAll.id, 'EVERYONE'],
      [forFriends.id, 'CLOSE_FRIENDS'],
    ]);
    const closed = await openNotifications({
      eligibleRecipients: async (_authorId, audience, userIds) =>
        userIds.filter((id) => audience === 'EVERYONE' || id === cleo),
      findAudiences: async (postIds) => new Map([...audiences].filter(([id]) => postIds.includes(id))),
    });
    onTestFinished(() => closed.environment.close());
    const comments = [forAll, forFriends, deleted].map((on) => ({ id: log.newId(), post: on, userId: bob! }));
    await closed.take(comments.map((comment) => log.comment(comment, [cleo!, dan!])));
    const targetsOf = async (userId: bigint) => (await closed.seen(userId)).map(({ targetId }) => targetId);
    expect(await targetsOf(cleo!)).toEqual([forAll.id, forFriends.id]);
    expect(await targetsOf(dan!)).toEqual([forAll.id]);
  });

  test('that were read stay read when an edit makes them mentions', async () => {
    const comment = { id: log.newId(), post: post(), userId: bob! };
    await take(log.comment(comment));
    await fixture.reads.markAllRead(ann!, null);
    await take(log.edit(comment, [ann!], []));
    expect(await has(ann!)).toEqual([one('MENTION', bob!)]);
    expect(await counts(ann!)).toBe(0);
  });

  test('that are deleted withdraw their likes', async () => {
    const comment = { id: log.newId(), post: post(), userId: bob! };
    await take(log.comment(comment, [dan!]), log.like(cleo!, comment.post, true, comment));
    await take(log.uncomment(comment));
    expect([await has(ann!), await has(bob!), await has(dan!)]).toEqual([[], [], []]);
  });
});

describe('people', () => {
  test('are notified of follows, follow requests and acceptances', async () => {
    await take(log.follow(bob!, ann!), log.request(cleo!, ann!));
    expect(await has(ann!)).toEqual([one('FOLLOW', bob!), one('FOLLOW_REQUEST', cleo!)]);
    await take(log.unrequest(cleo!, ann!), log.follow(cleo!, ann!, true));
    expect(await has(ann!)).toEqual([one('FOLLOW', bob!)]);
    expect(await has(cleo!)).toEqual([one('FOLLOW_ACCEPTED', ann!)]);
    await take(log.unfollow(bob!, ann!), log.unfollow(cleo!, ann!));
    expect([await has(ann!), await has(cleo!)]).toEqual([[], []]);
  });

  test('are notified of shares until these are deleted', async () => {
    const [photo, shareId] = [post(), log.newId()];
    await take(log.share(shareId, bob!, photo));
    expect(await has(ann!)).toEqual([one('SHARE', bob!)]);
    await take(log.unshare(shareId, bob!, photo));
    expect(await has(ann!)).toEqual([]);
  });

  test('keep nothing about a deleted post, and get nothing more about it', async () => {
    const photo = post();
    const comment = { id: log.newId(), post: photo, userId: bob! };
    await take(log.comment(comment, [dan!]), log.like(cleo!, photo), log.like(ann!, photo, true, comment));
    await take(log.deletePost(photo));
    await take(log.like(dan!, photo));
    expect([await has(ann!), await has(bob!), await has(dan!)]).toEqual([[], [], []]);
    expect(await counts(ann!)).toBe(0);
  });
});

test('withdraws what is written while its post is being deleted', async () => {
  const photo = post();
  await take(log.like(bob!, photo));
  await take(log.like(bob!, photo, false));
  const blocker = await fixture.pool.connect();
  onTestFinished(() => blocker.release(true));
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM notification.activity WHERE recipient_id = $1 FOR UPDATE', [ann]);
  const writing = take(log.like(bob!, photo));
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await eventually(async () => expect((await fixture.pool.query(waiting)).rowCount).toBe(1), { everyMs: 5 });
  await take(log.deletePost(photo));
  await blocker.query('COMMIT');
  await writing;
  expect(await has(ann!)).toEqual([]);
});

describe('activities of people who are', () => {
  test('muted are not shown, and unread ones are withdrawn', async () => {
    const [read, unread] = [post(), post()];
    await take(log.like(bob!, read), log.like(cleo!, read));
    await fixture.reads.markAllRead(ann!, null);
    await take(log.like(bob!, unread), log.like(cleo!, unread));
    await take(log.mute(ann!, bob!));
    await take(log.follow(bob!, ann!));
    expect(await has(ann!)).toEqual([one('POST_LIKE', cleo!, bob!), one('POST_LIKE', cleo!)]);
    expect(await counts(ann!)).toBe(1);
    // Activities during the mute stay suppressed after its end. Later activities are shown.
    await take(log.mute(ann!, bob!, false));
    expect(await has(ann!)).toEqual([one('POST_LIKE', cleo!, bob!), one('POST_LIKE', cleo!)]);
    await take(log.share(log.newId(), bob!, read));
    expect(await has(ann!)).toContainEqual(one('SHARE', bob!));
  });

  test.each([true, false])('blocked are not shown, whoever blocks (%s)', async (byRecipient) => {
    const photo = post();
    await take(log.like(bob!, photo));
    await fixture.reads.markAllRead(ann!, null);
    await take(byRecipient ? log.block(ann!, bob!) : log.block(bob!, ann!));
    await take(log.share(log.newId(), bob!, photo));
    expect(await has(ann!)).toEqual([]);
    await take(byRecipient ? log.block(ann!, bob!, false) : log.block(bob!, ann!, false));
    expect(await has(ann!)).toEqual([]);
    await take(log.share(log.newId(), bob!, photo));
    expect(await has(ann!)).toEqual([one('SHARE', bob!)]);
  });

  test('not followed are not shown if the recipient chose so, nor are kinds that are off', async () => {
    expect(
      await fixture.preferences.update(ann!, [
        { kind: 'POST_LIKE', audience: 'PEOPLE_I_FOLLOW' },
        { kind: 'SHARE', audience: 'OFF' },
      ]),
    ).toBeNull();
    const photo = post();
    await take(log.like(bob!, photo), log.share(log.newId(), bob!, photo));
    await take(log.follow(ann!, cleo!));
    await take(log.like(cleo!, photo), log.share(log.newId(), cleo!, photo));
    expect(await has(ann!)).toEqual([one('POST_LIKE', cleo!)]);
    // Activities before a follow stay suppressed, unless only the event of the follow arrived late.
    await take(log.follow(ann!, bob!));
    expect(await has(ann!)).toEqual([one('POST_LIKE', cleo!)]);
    const late = log.follow(ann!, dan!);
    await take(log.like(dan!, photo));
    await take(late);
    expect(await has(ann!)).toEqual([one('POST_LIKE', dan!, cleo!)]);
    // It applies to later activities only.
    await fixture.preferences.update(ann!, [{ kind: 'POST_LIKE', audience: 'OFF' }]);
    expect(await has(ann!)).toEqual([one('POST_LIKE', dan!, cleo!)]);
  });
});
