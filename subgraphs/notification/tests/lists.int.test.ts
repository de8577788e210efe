import { parseGlobalId } from '@tintype/ids';
import {
  createWorld,
  eventually,
  explain,
  fakeSubgraphs,
  fill,
  ONE_RANGE_SCAN,
  removeKeys,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { subjectOf } from '@tintype/viewer';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { wireNotification } from '../src/index.ts';
import { NEWEST, OF_KIND, OF_KINDS } from '../src/notification/notification.repository.ts';
import { createLog, type EventLog, idAt, START_MS } from './events.ts';
import { type NotificationFixture, openNotifications } from './fixture.ts';

let fixture: NotificationFixture;
let graph: TestSubgraphs;
let log: EventLog;
let world: World;
let [ann, bob, ...others]: bigint[] = [];
/** Ids of ann's notifications, newest first: seven of shares, five of likes. */
let newestFirst: string[];
beforeAll(async () => {
  fixture = await openNotifications();
  world = createWorld(fixture.environment);
  const wires = { ...fakeSubgraphs(world.answers), notification: wireNotification };
  graph = await startSubgraphs(fixture.environment, wires);
  [ann, bob, ...others] = await world.register(6);
  log = createLog();
  for (let n = 0; n < 12; n++) {
    const post = { id: log.newId(), authorId: ann! };
    await fixture.take([n % 2 === 1 && n > 1 ? log.like(bob!, post) : log.share(log.newId(), bob!, post)]);
  }
  newestFirst = (await page(ann!, 'first: 100')).edges.map(({ node }) => node.id);
});
afterAll(async () => {
  await graph?.close();
  await fixture?.environment.close();
});

type Post = { id: bigint; authorId: bigint };
type Node = { id: string; kind: string; isRead: boolean; changeId: string };
type Page = { edges: { cursor: string; node: Node }[]; pageInfo: Record<string, unknown> };
const NODE = 'id kind isRead changeId';
async function page(viewer: bigint | null, args: string): Promise<Page> {
  const query = `{ notifications(${args}) {
    edges { cursor node { ${NODE} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  return (await graph.ask<{ notifications: Page }>('notification', viewer, query)).notifications;
}
async function all(first: number, kinds = ''): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const { edges, pageInfo } = await page(ann!, `first: ${first}${kinds}${after}`);
    ids.push(...edges.map(({ node }) => node.id));
    expect(pageInfo.hasPreviousPage).toBe(after !== '');
    if (!pageInfo.hasNextPage) return ids;
    expect(edges).toHaveLength(first);
    after = `, after: "${pageInfo.endCursor}"`;
  }
}

describe('notifications', () => {
  test.each([1, 3, 4, 12, 100])('come newest first, in pages of %i, to the end', async (first) => {
    expect(newestFirst).toHaveLength(12);
    expect(await all(first)).toEqual(newestFirst);
  });

  test('of some kinds come alone, in the same order', async () => {
    const { edges } = await page(ann!, 'first: 100');
    const ofKind = (kind: string) => edges.filter(({ node }) => node.kind === kind).map(({ node }) => node.id);
    expect(ofKind('SHARE')).toHaveLength(7);
    for (const first of [2, 5, 7]) {
      expect(await all(first, ', kinds: [SHARE, FOLLOW, SHARE]')).toEqual(ofKind('SHARE'));
      expect(await all(first, ', kinds: [POST_LIKE]')).toEqual(ofKind('POST_LIKE'));
      expect(await all(first, ', kinds: [POST_LIKE, SHARE]')).toEqual(newestFirst);
    }
    expect(await all(5, ', kinds: [MENTION]')).toEqual([]);
  });

  test('reject bad page sizes and foreign cursors', async () => {
    for (const first of [0, -1, 101]) await expect(page(ann!, `first: ${first}`)).rejects.toThrow('first must be');
    await expect(page(ann!, 'after: "x"')).rejects.toThrow('cursor');
  });

  test('need a viewer', async () => {
    const asked = [
      '{ notifications { edges { cursor } } }',
      '{ notification(id: "Notification_1") { id } }',
      '{ unreadNotificationCount }',
      '{ notificationPreferences { kind } }',
      'mutation { markAllNotificationsAsRead { unreadNotificationCount } }',
    ];
    for (const query of asked) await expect(graph.ask('notification', null, query)).rejects.toThrow('Log in');
    for (const query of ['{ notificationsSince(changeId: "0") { id } }', '{ newestNotificationChange }'])
      await expect(graph.askAs('gateway', 'notification', null, query)).rejects.toThrow('Log in');
  });

  test('cost one statement a page, however many there are', async () => {
    const { statements } = fixture.environment;
    const before = statements.length;
    await page(ann!, 'first: 12');
    expect(statements.slice(before).filter((text) => text.includes('notification.'))).toHaveLength(1);
  });

  test('are visible only to their recipient', async () => {
    const id = newestFirst[0]!;
    const reference = { r: [{ __typename: 'PostLikeNotification', id }] };
    const entities = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Notification { id text } } }';
    expect(await graph.ask('notification', ann!, entities, reference)).toMatchObject({ _entities: [{ id }] });
    const otherType = { r: [{ __typename: 'FollowNotification', id }] };
    expect(await graph.ask('notification', ann!, entities, otherType)).toEqual({ _entities: [null] });
    const nodes = `{ visibleNotifications(notificationIds: ["${parseGlobalId('Notification', id)}", "1"]) { __typename id } }`;
    const asGateway = (who: bigint | null) => graph.askAs('gateway', 'notification', who, nodes);
    expect(await asGateway(ann!)).toEqual({ visibleNotifications: [{ __typename: 'PostLikeNotification', id }] });
    for (const other of [bob!, null]) expect(await asGateway(other)).toEqual({ visibleNotifications: [] });
    for (const other of [bob!, others[0]!]) {
      expect((await page(other, 'first: 100')).edges).toEqual([]);
      expect(await graph.ask('notification', other, `{ notification(id: "${id}") { id } }`)).toEqual({
        notification: null,
      });
      expect(await graph.ask('notification', other, entities, reference)).toEqual({ _entities: [null] });
      const since = '{ notificationsSince(changeId: "0") { id } }';
      expect(await graph.askAs('gateway', 'notification', other, since)).toEqual({ notificationsSince: [] });
      expect(await read(other, id)).toMatchObject({ errors: [{ code: 'NOTIFICATION_NOT_FOUND' }] });
      await readAll(other);
    }
    expect(await unread(ann!)).toBe(12);
    expect(await unread(bob!)).toBe(0);
  });
});

type ReadPayload = { unreadNotificationCount: number; errors: { code: string }[] };
async function read(who: bigint, id: string): Promise<ReadPayload> {
  const query = `mutation { markNotificationAsRead(input: { notificationId: "${id}" }) {
    notification { id isRead } unreadNotificationCount errors { code path } } }`;
  return (await graph.ask<{ markNotificationAsRead: ReadPayload }>('notification', who, query)).markNotificationAsRead;
}
async function readAll(who: bigint, input = ''): Promise<ReadPayload> {
  const query = `mutation { markAllNotificationsAsRead${input} { unreadNotificationCount errors { code path } } }`;
  return (await graph.ask<{ markAllNotificationsAsRead: ReadPayload }>('notification', who, query))
    .markAllNotificationsAsRead;
}
async function unread(who: bigint): Promise<number> {
  const { unreadNotificationCount } = await graph.ask<{ unreadNotificationCount: number }>(
    'notification',
    who,
    '{ unreadNotificationCount }',
  );
  return unreadNotificationCount;
}

describe('reading', () => {
  test('a notification twice counts once', async () => {
    const id = newestFirst[3]!;
    expect(id).toMatch(/^Notification_\d+$/);
    for (let time = 0; time < 2; time++) {
      expect(await read(ann!, id)).toEqual({
        notification: { id, isRead: true },
        unreadNotificationCount: 11,
        errors: [],
      });
    }
    expect((await read(ann!, 'Notification_12')).errors).toEqual([
      { code: 'NOTIFICATION_NOT_FOUND', path: ['input', 'notificationId'] },
    ]);
    expect(await unread(ann!)).toBe(11);
  });

  test('all up to a change leaves later ones unread', async () => {
    const { edges } = await page(ann!, 'first: 100');
    const { changeId } = edges[4]!.node;
    expect(await readAll(ann!, `(input: { upTo: "${changeId}" })`)).toEqual({ unreadNotificationCount: 3, errors: [] });
    expect((await page(ann!, 'first: 100')).edges.map(({ node }) => node.isRead)).toEqual([
      ...[false, false, false, true, true, true, true, true, true, true, true, true],
    ]);
    expect(await readAll(ann!, '(input: { upTo: "x" })')).toEqual({
      unreadNotificationCount: 3,
      errors: [{ code: 'CHANGE_ID_INVALID', path: ['input', 'upTo'] }],
    });
    expect(await readAll(ann!)).toEqual({ unreadNotificationCount: 0, errors: [] });
    expect(await readAll(ann!)).toEqual({ unreadNotificationCount: 0, errors: [] });
  });

  test('is undone when a notification changes, and the count never falls below zero', async () => {
    const post = { id: log.newId(), authorId: ann! };
    await fixture.take([log.like(bob!, post)]);
    await readAll(ann!);
    await fixture.take([log.like(others[0]!, post)]);
    expect(await unread(ann!)).toBe(1);
    await Promise.all([
      fixture.take([log.like(bob!, post, false), log.like(others[0]!, post, false)]),
      readAll(ann!),
      read(ann!, newestFirst[0]!),
    ]);
    expect(await unread(ann!)).toBe(0);
  });
});

describe('the unread count', () => {
  test('is read from Postgres if Redis lost it or is unavailable', async () => {
    const { redis } = fixture.environment;
    await fixture.take([log.share(log.newId(), bob!, { id: log.newId(), authorId: ann! })]);
    await removeKeys(redis);
    expect(await unread(ann!)).toBe(1);
    expect(await redis.client.get(redis.key(`notification:unread:v1:{${ann}}`))).toMatch(/^\d+:1$/);
    const refuse = () => Promise.reject(new Error('away'));
    const client = new Proxy(redis.client, {
      get: (target, name) => (['get', 'eval', 'publish'].includes(String(name)) ? refuse : Reflect.get(target, name)),
    });
    const away = { ...fixture.environment, redis: { ...redis, client }, client: graph.clientOf('notification') };
    const { subgraph } = await wireNotification(away);
    const identity = {
      ...subjectOf({ userId: ann!, sessionId: '1' }),
      requestId: 'r',
      operation: 'mutation' as const,
      caller: { service: 'gateway', isInternal: false },
    };
    const count = await subgraph.execute({ query: '{ unreadNotificationCount }', identity });
    expect({ ...count.data }).toEqual({ unreadNotificationCount: 1 });
    const marked = await subgraph.execute({
      query: 'mutation { markAllNotificationsAsRead { unreadNotificationCount } }',
      identity,
    });
    expect(marked).toMatchObject({ data: { markAllNotificationsAsRead: { unreadNotificationCount: 0 } } });
  });

  test('in Redis is never replaced by an older version', async () => {
    const recipient = { recipientId: 77n, lastChangeId: 0n };
    await fixture.unread.publish([{ ...recipient, version: 5n, unreadCount: 3 }]);
    await fixture.unread.publish([{ ...recipient, version: 4n, unreadCount: 9 }]);
    expect(await fixture.unread.find(77n)).toBe(3);
    await fixture.unread.publish([{ ...recipient, version: 6n, unreadCount: 0 }]);
    expect(await fixture.unread.find(77n)).toBe(0);
  });
});

describe('what a person did', () => {
  test.each<[string, (recipient: bigint, actor: bigint) => Promise<void>]>([
    ['whom the recipient blocks', (recipient, actor) => world.block(recipient, actor)],
    ['who blocks the recipient', (recipient, actor) => world.block(actor, recipient)],
    ['whom the recipient mutes', (recipient, actor) => world.mute(recipient, actor)],
    ['who leaves', (_recipient, actor) => world.deactivate(actor)],
  ])('%s is in no list and no count, even if no event has arrived', async (_who, hide) => {
    const [recipient, actor, other] = (await world.register(3)) as [bigint, bigint, bigint];
    const [alone, together, third] = [1, 2, 3].map(() => ({ id: log.newId(), authorId: recipient })) as Post[];
    const likes = [log.like(actor, alone!), log.like(actor, together!), log.like(other, together!)];
    await fixture.take([...likes, log.like(other, third!)]);
    const before = await page(recipient, 'first: 1');
    const [newest, ...rest] = (await page(recipient, 'first: 100')).edges.map(({ node }) => node.id);
    const gone = rest.at(-1)!;
    expect(await unread(recipient)).toBe(3);
    await world.withoutEvents(() => hide(recipient, actor));
    expect(await unread(recipient)).toBe(2);
    const { edges } = await page(recipient, `first: 5, after: "${before.pageInfo.endCursor}"`);
    expect([newest, ...edges.map(({ node }) => node.id)]).toEqual([newest, rest[0]]);
    const query = `{ notification(id: "${gone}") { id } }`;
    expect(await graph.ask('notification', recipient, query)).toEqual({ notification: null });
    expect(await read(recipient, newest!)).toMatchObject({ unreadNotificationCount: 1 });
    expect(await readAll(recipient)).toEqual({ unreadNotificationCount: 0, errors: [] });
  });

  test('and was read stays if they are muted later', async () => {
    const [recipient, actor] = (await world.register(2)) as [bigint, bigint];
    await fixture.take([log.like(actor, { id: log.newId(), authorId: recipient })]);
    await readAll(recipient);
    await world.withoutEvents(() => world.mute(recipient, actor));
    expect((await page(recipient, 'first: 5')).edges).toHaveLength(1);
  });

  test('counts a notification whose latest three people are hidden, because earlier ones may be visible', async () => {
    const [recipient, early, ...late] = (await world.register(5)) as [bigint, bigint, ...bigint[]];
    const liked = { id: log.newId(), authorId: recipient };
    await fixture.take([early, ...late].map((actor) => log.like(actor, liked)));
    await world.withoutEvents(async () => {
      for (const actor of late) await world.block(actor, recipient);
    });
    expect(await unread(recipient)).toBe(1);
  });
});

describe('changes since a change id', () => {
  test('are complete for a client that polls, whichever transaction commits first', async () => {
    const recipient = idAt(START_MS, 4_000_000);
    const [one, other] = [1, 2].map(() => ({ id: log.newId(), authorId: recipient })) as [Post, Post];
    await fixture.take([log.like(bob!, one)]);
    const found: bigint[] = [];
    let last = await fixture.notifications.newestChange(recipient);
    const poll = async () => {
      for (const { postId, changeId } of await fixture.notifications.since(recipient, last, 100)) {
        found.push(postId!);
        last = changeId;
      }
    };
    // The first one stops between its change id and its commit.
    const blocker = await fixture.pool.connect();
    onTestFinished(() => blocker.release(true));
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM notification.notification WHERE recipient_id = $1 FOR UPDATE', [recipient]);
    const waiting = async () => {
      const text = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await fixture.pool.query(text)).rowCount;
    };
    const first = fixture.take([log.like(others[0]!, one)]);
    await eventually(async () => expect(await waiting()).toBe(1));
    let hasTaken = false;
    const second = fixture.take([log.like(bob!, other)]).then(() => {
      hasTaken = true;
    });
    await eventually(async () => expect(hasTaken || (await waiting()) === 2).toBe(true));
    await poll();
    await blocker.query('COMMIT');
    await Promise.all([first, second]);
    await poll();
    expect(new Set(found)).toEqual(new Set([one.id, other.id]));
    expect(await fixture.notifications.newestChange(recipient)).toBe(last);
  });

  test('come oldest first, in bounded pages', async () => {
    const ask = async (changeId: string, first: number) => {
      const query = `{ notificationsSince(changeId: "${changeId}", first: ${first}) { id changeId } newestNotificationChange }`;
      type Answer = { notificationsSince: Node[]; newestNotificationChange: string };
      return graph.askAs<Answer>('gateway', 'notification', ann!, query);
    };
    const { notificationsSince, newestNotificationChange } = await ask('0', 100);
    const ids = notificationsSince.map(({ changeId }) => BigInt(changeId));
    expect(ids).toEqual(ids.toSorted((one, other) => Number(one - other)));
    expect(notificationsSince.slice(0, 12).map(({ id }) => id)).toEqual(newestFirst.toReversed());
    expect((await ask(String(ids[2]), 2)).notificationsSince).toEqual(notificationsSince.slice(3, 5));
    expect((await ask(newestNotificationChange, 2)).notificationsSince).toEqual([]);
    await expect(ask('0', 101)).rejects.toThrow('first must be');
    await expect(ask('x', 1)).rejects.toThrow();
  });
});

test('every list is one index range scan over 100,000 rows', async () => {
  await fill(
    fixture.pool,
    `
    INSERT INTO notification.notification (recipient_id, id, kind, target_id, window_no, actor_count, actor_ids, change_id)
      SELECT 1 + n % 10, n, (ARRAY['POST_LIKE', 'COMMENT', 'FOLLOW', 'SHARE'])[1 + n / 10 % 4], n, 0, 1, '{1}', 5000000 + n
      FROM generate_series(1, 100000) n;
    ANALYZE notification.notification;`,
  );
  for (const change of [5_010_000n, 5_050_000n, 5_090_000n]) {
    for (const direction of ['forward', 'backward'] as const) {
      const all = await explain(fixture.pool, NEWEST(direction), [5n, change, 21]);
      expect(all.join()).toMatch(ONE_RANGE_SCAN);
      const ofKind = await explain(fixture.pool, OF_KIND(direction), [5n, change, 21, 'COMMENT']);
      expect(ofKind.join()).toMatch(ONE_RANGE_SCAN);
      const ofKinds = await explain(fixture.pool, OF_KINDS(direction), [5n, change, 21, ['COMMENT', 'SHARE']]);
      expect(ofKinds.filter((node) => node.includes('Scan'))).toEqual(['Function Scan', 'Index Scan']);
    }
  }
});
