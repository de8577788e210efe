import { untyped } from '@tintype/postgres/untyped';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimDue, noteChanges } from '../src/delivery/delivery.repository.ts';
import { WAITS } from '../src/delivery/wire-delivery.ts';
import { createPushKeyService } from '../src/push/push-key.service.ts';
import { type DeliveryStage, type Person, startDeliveryStage } from './delivery.stage.ts';

let stage: DeliveryStage;
let [reader, anna, bob]: Person[] = [];
beforeAll(async () => {
  stage = await startDeliveryStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  stage.push.answer(201);
  [reader, anna, bob] = await stage.people(3);
});

/** What a browser was sent so far. */
const sentTo = ({ path }: { path: string }) =>
  stage.push.received.filter((message) => message.path === path).map(({ shown }) => shown);
const subscriptionsOf = async ({ id }: Person) => {
  const query = '{ pushSubscriptions { id } }';
  const { pushSubscriptions } = await stage.graph.ask<{ pushSubscriptions: { id: string }[] }>(
    'notification',
    id,
    query,
  );
  return pushSubscriptions.map((one) => one.id);
};

test('every browser of a person is told, encrypted for it alone, and what joins replaces what was said before', async () => {
  const [phone, laptop] = [await stage.subscribe(reader!), await stage.subscribe(reader!)];
  await stage.follow(anna!, reader!);
  await eventually(() => expect([sentTo(phone).length, sentTo(laptop).length]).toEqual([1, 1]));
  const [first] = sentTo(phone);
  expect(first).toMatchObject({ title: 'Tintype', body: `${anna!.username} started following you` });
  expect(stage.push.received.find(({ path }) => path === phone.path)!.headers).toMatchObject({
    topic: first!.tag,
    'content-encoding': 'aes128gcm',
    ttl: '86400',
  });
  await stage.follow(bob!, reader!);
  await stage.waiting(reader!, 2);
  await stage.hurry(reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
  expect(sentTo(phone)[1]).toMatchObject({ tag: first!.tag });
  expect(sentTo(phone)[1]!.body).toContain(bob!.username);
});

test('a change is told once, however often its event comes', async () => {
  const phone = await stage.subscribe(reader!);
  await stage.follow(anna!, reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  await stage.waiting(reader!, 0);
  const text = `SELECT notification_id AS "notificationId", change_id AS "changeId" FROM notification.delivery WHERE recipient_id = $1`;
  const [known] = await untyped<{ notificationId: bigint; changeId: bigint }>(stage.pool, text, [reader!.id]);
  await noteChanges(stage.pool, [{ ...known!, recipientId: reader!.id, kind: 'FOLLOW' }], WAITS);
  await stage.waiting(reader!, 0);
});

test('what is read, taken back or not wanted before it is sent is not sent', async () => {
  const [phone, other] = [await stage.subscribe(reader!), await stage.subscribe(anna!)];
  await stage.follow(bob!, reader!);
  await stage.waiting(reader!, 1);
  await stage.graph.ask('notification', reader!.id, 'mutation { markAllNotificationsRead { errors { code } } }');
  await stage.follow(bob!, anna!);
  await stage.waiting(anna!, 1);
  await stage.unfollow(bob!, anna!);
  await eventually(async () => {
    const query = '{ notifications { edges { node { id } } } }';
    expect(await stage.graph.ask('notification', anna!.id, query)).toEqual({ notifications: { edges: [] } });
  });
  await Promise.all([stage.waiting(reader!, 0), stage.waiting(anna!, 0)]);
  expect([...sentTo(phone), ...sentTo(other)]).toEqual([]);
  await stage.choose(bob!, { push: ['LIKE_POST'] });
  await stage.subscribe(bob!);
  await stage.follow(anna!, bob!);
  await stage.follow(anna!, reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  await stage.waiting(bob!, 0);
});

test('who is deactivated is sent nothing, and nobody is told who they are', async () => {
  const [phone, other] = [await stage.subscribe(reader!), await stage.subscribe(anna!)];
  const become = (state: string) =>
    stage.pool.query('UPDATE "user".account SET state = $2 WHERE id = $1', [reader!.id, state]);
  await stage.follow(anna!, reader!);
  await stage.waiting(reader!, 1);
  await stage.follow(reader!, anna!);
  await stage.waiting(anna!, 1);
  await become('DEACTIVATED');
  await eventually(() => expect(sentTo(other).map(({ body }) => body)).toEqual(['someone started following you']));
  await stage.waiting(reader!, 0);
  expect(sentTo(phone)).toEqual([]);
  await become('ACTIVE');
  await stage.follow(bob!, reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
});

test.each([404, 410, 403])('a browser that is gone (%i) is sent nothing more and is forgotten', async (status) => {
  const phone = await stage.subscribe(reader!);
  stage.push.answer(status);
  await stage.follow(anna!, reader!);
  await eventually(async () => expect(await subscriptionsOf(reader!)).toEqual([]));
  await stage.waiting(reader!, 0);
  expect(sentTo(phone).length).toBe(1);
});

test.each([503, 429, 500])('a push service that cannot take it now (%i) is asked again', async (status) => {
  const phone = await stage.subscribe(reader!);
  stage.push.answer(status, { 'retry-after': '3600' });
  await stage.follow(anna!, reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  const wait = `SELECT extract(epoch FROM due_at - now())::int AS s, attempts::int FROM notification.delivery WHERE recipient_id = $1`;
  await eventually(async () => {
    const { rows } = await stage.pool.query(wait, [reader!.id]);
    expect(rows).toEqual([{ s: expect.closeTo(3600, -1.5), attempts: 1 }]);
  });
  stage.push.answer(201);
  await stage.hurry(reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
  await stage.waiting(reader!, 0);
});

test('what a process took and did not send is sent by another one after a while', async () => {
  const phone = await stage.subscribe(reader!);
  stage.push.answer(503, { 'retry-after': '3600' });
  await stage.follow(anna!, reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  const postponed = `SELECT FROM notification.delivery WHERE recipient_id = $1 AND due_at > now() + interval '30 minutes'`;
  await eventually(async () => expect((await stage.pool.query(postponed, [reader!.id])).rowCount).toBe(1));
  stage.push.answer(201);
  // As a process that is killed in between: it claims, and nothing comes of it.
  await stage.hurry(reader!);
  await claimDue(stage.pool, 1);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
});

test('much at once, or after quiet hours, is one message', async () => {
  const { pool } = stage;
  const phone = await stage.subscribe(reader!);
  const now = new Date();
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16);
  await stage.choose(reader!, { timeZone: 'UTC', quietHours: { from: at(-30), to: at(30) } });
  await stage.follow(anna!, reader!);
  const until = `SELECT extract(epoch FROM due_at - now()) / 60 AS minutes FROM notification.delivery WHERE recipient_id = $1`;
  await eventually(async () => {
    const { rows } = await pool.query(until, [reader!.id]);
    expect(Number(rows[0]?.minutes)).toBeGreaterThan(20);
  });
  // Four more that came while it was quiet.
  await pool.query(
    `WITH made AS (
       INSERT INTO notification.notification (recipient_id, id, kind, target_id, window_no, actor_count, actor_ids, changed_id)
       SELECT $1, n, 'LIKE_POST', n, 0, 1, ARRAY[$2::bigint], n FROM generate_series($3::bigint, $3::bigint + 3) n
       RETURNING id)
     INSERT INTO notification.delivery (recipient_id, target_id, notification_id, change_id, due_at)
     SELECT $1, $4, id, id, now() + interval '20 minutes' FROM made`,
    [reader!.id, anna!.id, stage.environment.ids.next() + 100n, phone.id],
  );
  expect(sentTo(phone)).toEqual([]);
  await stage.choose(reader!, { quietHours: null });
  await stage.hurry(reader!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  expect(sentTo(phone)[0]!.body.split('\n')).toHaveLength(5);
  expect(sentTo(phone)[0]!.body).toContain('and 1 more');
  await stage.waiting(reader!, 0);
});

test.each([
  [{ endpoint: 'ftp://push.example.org/x' }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ endpoint: 'not an address' }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ endpoint: `https://push.example.org/${'x'.repeat(1100)}` }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ p256dh: 'AAAA' }, 'PUSH_KEY_INVALID', 'p256dh'],
  [{ p256dh: 'x'.repeat(5000) }, 'PUSH_KEY_INVALID', 'p256dh'],
  [{ auth: 'not base64url!' }, 'PUSH_KEY_INVALID', 'auth'],
])('%j is refused', async (wrong, code, field) => {
  const browser = stage.push.browser('');
  const { pushSubscription, errors } = await stage.register(reader!, { ...browser.subscription, ...wrong });
  expect({ pushSubscription, errors }).toEqual({ pushSubscription: null, errors: [{ code, path: ['input', field] }] });
});

test('a browser belongs to who registered it last, registers twice without harm, and is removed by its owner alone', async () => {
  const browser = stage.push.browser('');
  const first = (await stage.register(reader!, browser.subscription)).pushSubscription!.id;
  expect((await stage.register(reader!, browser.subscription)).pushSubscription!.id).toBe(first);
  const second = (await stage.register(anna!, browser.subscription)).pushSubscription!.id;
  expect(await subscriptionsOf(reader!)).toEqual([]);
  const remove = async (who: Person, id: string) => {
    const mutation = `mutation { removePushSubscription(input: { pushSubscriptionId: "${id}" }) { errors { code } } }`;
    type Answer = { removePushSubscription: { errors: { code: string }[] } };
    return (await stage.graph.ask<Answer>('notification', who.id, mutation)).removePushSubscription.errors;
  };
  expect(await remove(reader!, second)).toEqual([{ code: 'PUSH_SUBSCRIPTION_NOT_FOUND' }]);
  expect(await remove(anna!, 'x')).toEqual([{ code: 'PUSH_SUBSCRIPTION_NOT_FOUND' }]);
  expect(await remove(anna!, second)).toEqual([]);
});

test('a browser stays with its owner when somebody else knows its endpoint but not its keys', async () => {
  const { subscription } = stage.push.browser('');
  const { id } = (await stage.register(reader!, subscription)).pushSubscription!;
  const foreign = { ...stage.push.browser('').subscription, endpoint: subscription.endpoint };
  expect(await stage.register(anna!, foreign)).toEqual({
    pushSubscription: null,
    errors: [{ code: 'PUSH_ENDPOINT_TAKEN', path: ['input', 'endpoint'] }],
  });
  expect(await subscriptionsOf(reader!)).toContain(id);
});

test('of more than twenty browsers the oldest is forgotten', async () => {
  const made: string[] = [];
  for (let n = 0; n < 22; n += 1)
    made.push((await stage.register(reader!, stage.push.browser('').subscription)).pushSubscription!.id);
  expect(await subscriptionsOf(reader!)).toEqual(made.slice(2).toReversed());
});

test('the keys are made once, stay, and are made anew where the secret was lost, with all subscriptions', async () => {
  const { pool, environment } = stage;
  const keys = (secret: string) => createPushKeyService({ pool, secret, log: environment.log });
  const { secret } = environment.config;
  const made = await Promise.all(Array.from({ length: 5 }, () => keys(secret).current()));
  expect(new Set(made.map(({ privateKey }) => privateKey)).size).toBe(1);
  const { rows } = await pool.query('SELECT sealed_private_key AS sealed FROM notification.push_key');
  expect(rows[0].sealed.includes(Buffer.from(made[0]!.privateKey, 'base64url'))).toBe(false);
  await stage.register(reader!, stage.push.browser('').subscription);
  const other = await keys('another secret of at least 32 characters').current();
  expect(other.publicKey).not.toBe(made[0]!.publicKey);
  expect(await subscriptionsOf(reader!)).toEqual([]);
});
