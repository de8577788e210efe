import { parseGlobalId } from '@tintype/ids';
import { untyped } from '@tintype/postgres/untyped';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimDueDeliveries, scheduleDeliveries } from '../src/delivery/delivery.repository.ts';
import { createNotificationRenderer } from '../src/delivery/notification.renderer.ts';
import { createPushKeyService } from '../src/delivery/push/push-key.service.ts';
import { DELIVERY_DELAYS } from '../src/delivery/wire-delivery.ts';
import { type DeliveryFixture, type Person, startDeliveryFixture } from './delivery.fixture.ts';

let fixture: DeliveryFixture;
let [recipient, anna, bob]: Person[] = [];
beforeAll(async () => {
  fixture = await startDeliveryFixture();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  fixture.push.answer(201);
  [recipient, anna, bob] = await fixture.people(3);
});

/** Messages to a browser so far. */
const sentTo = ({ path }: { path: string }) =>
  fixture.push.received.filter((message) => message.path === path).map(({ shown }) => shown);
const subscriptionsOf = async ({ id }: Person) => {
  const query = '{ pushSubscriptions { id } }';
  const { pushSubscriptions } = await fixture.graph.ask<{ pushSubscriptions: { id: string }[] }>(
    'notification',
    id,
    query,
  );
  return pushSubscriptions.map((one) => one.id);
};

test('sends to every browser of a person, encrypted, and later messages replace earlier ones', async () => {
  const [phone, laptop] = [await fixture.subscribe(recipient!), await fixture.subscribe(recipient!)];
  await fixture.follow(anna!, recipient!);
  await eventually(() => expect([sentTo(phone).length, sentTo(laptop).length]).toEqual([1, 1]));
  const [first] = sentTo(phone);
  expect(first).toMatchObject({ title: 'Tintype', body: `${anna!.username} started following you.` });
  expect(fixture.push.received.find(({ path }) => path === phone.path)!.headers).toMatchObject({
    topic: first!.tag,
    'content-encoding': 'aes128gcm',
    ttl: '86400',
  });
  await fixture.follow(bob!, recipient!);
  await fixture.waiting(recipient!, 2);
  await fixture.hurry(recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
  expect(sentTo(phone)[1]).toMatchObject({ tag: first!.tag });
  expect(sentTo(phone)[1]!.body).toContain(bob!.username);
});

test('sends a change once, however often its event is delivered', async () => {
  const phone = await fixture.subscribe(recipient!);
  await fixture.follow(anna!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  await fixture.waiting(recipient!, 0);
  const text = `SELECT notification_id AS "notificationId", change_id AS "changeId" FROM notification.delivery WHERE recipient_id = $1`;
  const [known] = await untyped<{ notificationId: bigint; changeId: bigint }>(fixture.pool, text, [recipient!.id]);
  await scheduleDeliveries(fixture.pool, [{ ...known!, recipientId: recipient!.id, kind: 'FOLLOW' }], DELIVERY_DELAYS);
  await fixture.waiting(recipient!, 0);
});

test('does not send what is read, withdrawn or switched off in time', async () => {
  const [phone, other] = [await fixture.subscribe(recipient!), await fixture.subscribe(anna!)];
  await fixture.follow(bob!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.graph.ask('notification', recipient!.id, 'mutation { markAllNotificationsAsRead { errors { code } } }');
  await fixture.follow(bob!, anna!);
  await fixture.waiting(anna!, 1);
  await fixture.unfollow(bob!, anna!);
  await eventually(async () => {
    const query = '{ notifications { edges { node { id } } } }';
    expect(await fixture.graph.ask('notification', anna!.id, query)).toEqual({ notifications: { edges: [] } });
  });
  await Promise.all([fixture.waiting(recipient!, 0), fixture.waiting(anna!, 0)]);
  expect([...sentTo(phone), ...sentTo(other)]).toEqual([]);
  await fixture.choose(bob!, { push: ['POST_LIKE'] });
  await fixture.subscribe(bob!);
  await fixture.follow(anna!, bob!);
  await fixture.follow(anna!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  await fixture.waiting(bob!, 0);
});

test('sends nothing of restricted people, who stay in the list of notifications, and does not name them', async () => {
  const phone = await fixture.subscribe(recipient!);
  const { world } = fixture;
  await world.restrict(recipient!.id, anna!.id);
  await fixture.follow(anna!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.hurry(recipient!);
  await fixture.waiting(recipient!, 0);
  expect(sentTo(phone)).toEqual([]);
  const query = '{ notifications { edges { node { text } } } }';
  expect(await fixture.graph.ask('notification', recipient!.id, query)).toEqual({
    notifications: { edges: [{ node: { text: `${anna!.username} started following you.` } }] },
  });
  await fixture.follow(bob!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.hurry(recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  expect(sentTo(phone)[0]!.body).toBe(`${bob!.username} and 1 other started following you.`);
});

test('renders nothing about posts that the recipient may no longer see', async () => {
  const { world, graph } = fixture;
  const postId = await world.publish(anna!.id, '', [recipient!.id], 'CLOSE_FRIENDS');
  const publicUrl = 'https://tintype.example';
  const render = createNotificationRenderer({ client: graph.clientOf('notification'), publicUrl });
  const mention = { id: 1n, postId, commentId: null, actorCount: 1, actorIds: [anna!.id], changeId: 1n, readAt: null };
  const rendered = () => render(recipient!.id, [{ ...mention, kind: 'MENTION' }], 'en');
  expect(await rendered()).toEqual([]);
  await world.addCloseFriend(anna!.id, recipient!.id);
  const line = `${anna!.username} mentioned you in a photo.`;
  expect(await rendered()).toEqual([{ id: 1n, line, url: `${publicUrl}/p/${postId}` }]);
  await world.removeCloseFriend(anna!.id, recipient!.id);
  expect(await rendered()).toEqual([]);
});

test('sends nothing to deactivated people, and nothing of them to others', async () => {
  const [phone, other] = [await fixture.subscribe(recipient!), await fixture.subscribe(anna!)];
  const { world } = fixture;
  await fixture.follow(anna!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.follow(recipient!, anna!);
  await fixture.waiting(anna!, 1);
  await world.withoutEvents(() => world.deactivate(recipient!.id));
  await Promise.all([fixture.waiting(recipient!, 0), fixture.waiting(anna!, 0)]);
  expect([...sentTo(phone), ...sentTo(other)]).toEqual([]);
  await world.withoutEvents(() => world.reactivate(recipient!.id));
  await fixture.follow(bob!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
});

test.each([404, 410, 403])('removes a browser after status %i', async (status) => {
  const phone = await fixture.subscribe(recipient!);
  fixture.push.answer(status);
  await fixture.follow(anna!, recipient!);
  await eventually(async () => expect(await subscriptionsOf(recipient!)).toEqual([]));
  await fixture.waiting(recipient!, 0);
  expect(sentTo(phone).length).toBe(1);
});

test.each([503, 429, 500])('retries after status %i', async (status) => {
  const phone = await fixture.subscribe(recipient!);
  fixture.push.answer(status, { 'retry-after': '3600' });
  await fixture.follow(anna!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  const wait = `SELECT extract(epoch FROM due_at - now())::int AS s, attempts::int FROM notification.delivery WHERE recipient_id = $1`;
  await eventually(async () => {
    const { rows } = await fixture.pool.query(wait, [recipient!.id]);
    expect(rows).toEqual([{ s: expect.closeTo(3600, -1.5), attempts: 1 }]);
  });
  fixture.push.answer(201);
  await fixture.hurry(recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
  await fixture.waiting(recipient!, 0);
});

test.each([301, 302, 303, 307, 308])('does not follow a redirect of status %i', async (status) => {
  const [phone, other] = [await fixture.subscribe(recipient!), await fixture.subscribe(anna!)];
  fixture.push.answer(status, { location: other.subscription.endpoint });
  await fixture.follow(bob!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  await fixture.waiting(recipient!, 0);
  expect(fixture.push.received.filter(({ path }) => path === other.path)).toEqual([]);
});

test('sends what another process has leased but not sent, after the lease', async () => {
  const phone = await fixture.subscribe(recipient!);
  fixture.push.answer(503, { 'retry-after': '3600' });
  await fixture.follow(anna!, recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  const postponed = `SELECT FROM notification.delivery WHERE recipient_id = $1 AND due_at > now() + interval '30 minutes'`;
  await eventually(async () => expect((await fixture.pool.query(postponed, [recipient!.id])).rowCount).toBe(1));
  fixture.push.answer(201);
  // Like a process that is killed after it claimed the messages.
  await fixture.hurry(recipient!);
  await claimDueDeliveries(fixture.pool, 1);
  await eventually(() => expect(sentTo(phone)).toHaveLength(2));
});

test('sends many notifications, or those after quiet hours, as one message', async () => {
  const { pool } = fixture;
  const phone = await fixture.subscribe(recipient!);
  const now = new Date();
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString().slice(11, 16);
  await fixture.choose(recipient!, { timeZone: 'UTC', quietHours: { from: at(-30), to: at(30) } });
  await fixture.follow(anna!, recipient!);
  const until = `SELECT extract(epoch FROM due_at - now()) / 60 AS minutes FROM notification.delivery WHERE recipient_id = $1`;
  await eventually(async () => {
    const { rows } = await pool.query(until, [recipient!.id]);
    expect(Number(rows[0]?.minutes)).toBeGreaterThan(20);
  });
  // Four more that arrived during quiet hours.
  await pool.query(
    `WITH made AS (
       INSERT INTO notification.notification (recipient_id, id, kind, target_id, window_no, actor_count, actor_ids, change_id)
       SELECT $1, n, 'POST_LIKE', n, 0, 1, ARRAY[$2::bigint], n FROM generate_series($3::bigint, $3::bigint + 3) n
       RETURNING id)
     INSERT INTO notification.delivery (recipient_id, destination_id, notification_id, change_id, due_at)
     SELECT $1, $4, id, id, now() + interval '20 minutes' FROM made`,
    [recipient!.id, anna!.id, fixture.environment.ids.next() + 100n, parseGlobalId('PushSubscription', phone.id)],
  );
  expect(sentTo(phone)).toEqual([]);
  await fixture.choose(recipient!, { quietHours: null });
  await fixture.hurry(recipient!);
  await eventually(() => expect(sentTo(phone)).toHaveLength(1));
  expect(sentTo(phone)[0]!.body.split('\n')).toHaveLength(5);
  expect(sentTo(phone)[0]!.body).toContain('And 1 more.');
  await fixture.waiting(recipient!, 0);
});

test.each([
  [{ endpoint: 'ftp://push.example.org/x' }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ endpoint: 'not an address' }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ endpoint: `https://push.example.org/${'x'.repeat(1100)}` }, 'PUSH_ENDPOINT_INVALID', 'endpoint'],
  [{ p256dh: 'AAAA' }, 'PUSH_KEY_INVALID', 'p256dh'],
  [{ p256dh: 'x'.repeat(5000) }, 'PUSH_KEY_INVALID', 'p256dh'],
  [{ auth: 'not base64url!' }, 'PUSH_KEY_INVALID', 'auth'],
])('rejects %j', async (wrong, code, field) => {
  const browser = fixture.push.browser('');
  const { pushSubscription, errors } = await fixture.register(recipient!, { ...browser.subscription, ...wrong });
  expect({ pushSubscription, errors }).toEqual({ pushSubscription: null, errors: [{ code, path: ['input', field] }] });
});

test('moves a browser to the person who registered it last, accepts repeats, and lets only its owner remove it', async () => {
  const browser = fixture.push.browser('');
  const first = (await fixture.register(recipient!, browser.subscription)).pushSubscription!.id;
  expect((await fixture.register(recipient!, browser.subscription)).pushSubscription!.id).toBe(first);
  const second = (await fixture.register(anna!, browser.subscription)).pushSubscription!.id;
  expect(await subscriptionsOf(recipient!)).toEqual([]);
  const remove = async (who: Person, id: string) => {
    const mutation = `mutation { deletePushSubscription(input: { pushSubscriptionId: "${id}" }) {
      deletedPushSubscriptionId errors { code } } }`;
    type Answer = { deletePushSubscription: { deletedPushSubscriptionId: string | null; errors: { code: string }[] } };
    return (await fixture.graph.ask<Answer>('notification', who.id, mutation)).deletePushSubscription;
  };
  const notFound = { deletedPushSubscriptionId: null, errors: [{ code: 'PUSH_SUBSCRIPTION_NOT_FOUND' }] };
  expect(await remove(recipient!, second)).toEqual(notFound);
  expect(await remove(anna!, 'x')).toEqual(notFound);
  expect(await remove(anna!, second)).toEqual({ deletedPushSubscriptionId: second, errors: [] });
});

test('leaves a browser with its owner if somebody else knows only its endpoint', async () => {
  const { subscription } = fixture.push.browser('');
  const { id } = (await fixture.register(recipient!, subscription)).pushSubscription!;
  const foreign = { ...fixture.push.browser('').subscription, endpoint: subscription.endpoint };
  expect(await fixture.register(anna!, foreign)).toEqual({
    pushSubscription: null,
    errors: [{ code: 'PUSH_ENDPOINT_TAKEN', path: ['input', 'endpoint'] }],
  });
  expect(await subscriptionsOf(recipient!)).toContain(id);
});

test('removes the oldest of more than twenty browsers', async () => {
  const made: string[] = [];
  for (let n = 0; n < 22; n += 1)
    made.push((await fixture.register(recipient!, fixture.push.browser('').subscription)).pushSubscription!.id);
  expect(await subscriptionsOf(recipient!)).toEqual(made.slice(2).toReversed());
});

test('creates the keys once, and replaces them and all subscriptions if the secret changed', async () => {
  const { pool, environment } = fixture;
  const keys = (secret: string) => createPushKeyService({ pool, secret, log: environment.log });
  const { secret } = environment.config;
  const made = await Promise.all(Array.from({ length: 5 }, () => keys(secret).current()));
  expect(new Set(made.map(({ privateKey }) => privateKey)).size).toBe(1);
  const { rows } = await pool.query('SELECT sealed_private_key AS sealed FROM notification.push_key');
  expect(rows[0].sealed.includes(Buffer.from(made[0]!.privateKey, 'base64url'))).toBe(false);
  await fixture.register(recipient!, fixture.push.browser('').subscription);
  const other = await keys('another secret of at least 32 characters').current();
  expect(other.publicKey).not.toBe(made[0]!.publicKey);
  expect(await subscriptionsOf(recipient!)).toEqual([]);
});
