import { createOutbox, type ErasureStep } from '@tintype/events';
import { globalId } from '@tintype/ids';
import { createEnvironment, eraseAll, eraseInterrupted, eventually, startSubgraphs } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { wireEngagement } from '../../engagement/src/index.ts';
import { wirePost } from '../../post/src/index.ts';
import { wireSocialGraph } from '../../social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../user/src/index.ts';
import { putSubscription } from '../src/delivery/push/push-subscription.repository.ts';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { wireNotification } from '../src/index.ts';
import { putDeliverySetting } from '../src/preferences/delivery-setting.repository.ts';
import { DEFAULT_DELIVERY_SETTING } from '../src/preferences/delivery-setting.service.ts';
import { createLog, DAY_MS, type EventLog, idAt, START_MS } from './events.ts';
import { type NotificationFixture, openNotifications } from './fixture.ts';

describe('a deleted account', () => {
  let fixture: NotificationFixture;
  let log: EventLog;
  let steps: readonly ErasureStep[];
  let [gone, other, bob, cleo]: bigint[] = [];
  let people = 0;
  beforeAll(async () => {
    fixture = await openNotifications();
    steps = createErasureSteps({ pool: fixture.pool, unread: fixture.unread });
  });
  afterAll(() => fixture.environment.close());

  const TABLES = {
    notification: 'recipient_id',
    activity: 'recipient_id',
    delivery: 'recipient_id',
    push_subscription: 'user_id',
    delivery_setting: 'user_id',
    preference: 'user_id',
    relationship_change: 'person_id',
  };
  async function left(userId: bigint): Promise<Record<string, number>> {
    const counts = Object.entries(TABLES).map(
      ([table, column]) => `(SELECT count(*)::int FROM notification.${table} WHERE ${column} = $1) AS "${table}"`,
    );
    return (await fixture.pool.query(`SELECT ${counts.join(', ')}`, [userId])).rows[0];
  }
  const NOTHING = Object.fromEntries(Object.keys(TABLES).map((table) => [table, 0]));

  const configure = async (userId: bigint) => {
    const { pool } = fixture;
    await fixture.preferences.update(userId, [
      { kind: 'POST_LIKE', audience: 'PEOPLE_I_FOLLOW' },
      { kind: 'COMMENT', audience: 'EVERYONE' },
    ]);
    await putDeliverySetting(pool, userId, { ...DEFAULT_DELIVERY_SETTING, mailKinds: ['FOLLOW'] }, null, 0n);
    const id = fixture.environment.ids.next();
    await putSubscription(pool, {
      id,
      userId,
      endpoint: `https://push.example.org/${id}`,
      p256dh: 'key',
      auth: 'auth',
    });
    await pool.query(
      `INSERT INTO notification.delivery (recipient_id, destination_id, notification_id, change_id, due_at)
       SELECT recipient_id, $2, id, change_id, now() FROM notification.notification WHERE recipient_id = $1`,
      [userId, id],
    );
  };

  beforeEach(async () => {
    log = createLog();
    [gone, other, bob, cleo] = [1, 2, 3, 4].map(() => idAt(START_MS - DAY_MS, ++people));
    for (const recipient of [gone!, other!]) {
      const post = { id: log.newId(), authorId: recipient };
      const comment = { id: log.newId(), post, userId: bob! };
      await fixture.take([log.follow(recipient, bob!), log.follow(bob!, recipient), log.request(cleo!, recipient)]);
      await fixture.take([
        log.like(bob!, post),
        log.like(cleo!, post),
        log.comment(comment),
        log.share(log.newId(), cleo!, post),
      ]);
      await configure(recipient);
    }
  });

  test('has no rows left, however often the erasure is interrupted', async () => {
    const before = await left(other!);
    expect(await left(gone!)).toEqual(before);
    expect(Object.values(before).every((count) => count > 0)).toBe(true);
    expect(await fixture.unread.find(gone!)).toBeGreaterThan(0);
    expect(await eraseInterrupted(steps, gone!, 2)).toBeGreaterThan(5);
    expect(await left(gone!)).toEqual(NOTHING);
    expect(await fixture.unread.find(gone!)).toBe(0);
    expect(await left(other!)).toEqual(before);
    expect(await fixture.seen(other!)).toHaveLength(5);
  });

  test('gets no notifications and keeps no settings from late events and requests', async () => {
    await eraseAll(steps, gone!, 2);
    const post = { id: log.newId(), authorId: gone! };
    await fixture.take([
      log.like(cleo!, post),
      log.comment({ id: log.newId(), post, userId: cleo! }),
      log.follow(cleo!, gone!),
    ]);
    await fixture.take([log.mute(gone!, bob!), log.unfollow(gone!, bob!)]);
    await fixture.preferences.update(gone!, [{ kind: 'SHARE', audience: 'OFF' }]);
    await putDeliverySetting(fixture.pool, gone!, DEFAULT_DELIVERY_SETTING, null, 0n);
    const place = { id: 7n, userId: gone!, endpoint: 'https://push.example.org/7', p256dh: 'key', auth: 'auth' };
    expect(await putSubscription(fixture.pool, place)).toBeNull();
    expect(await left(gone!)).toEqual(NOTHING);
    expect(await fixture.unread.find(gone!)).toBe(0);
    // Others hear of each other as before, in the same batch too.
    const photo = { id: log.newId(), authorId: other! };
    await fixture.take([log.like(bob!, post), log.comment({ id: log.newId(), post: photo, userId: cleo! })]);
    expect(await fixture.seen(other!)).toHaveLength(6);
    expect(await left(gone!)).toEqual(NOTHING);
  });

  test('gets no notifications that were being written when the erasure began', async () => {
    const post = { id: log.newId(), authorId: gone! };
    for (let round = 0; round < 5; round++) {
      const writing = Promise.all([1, 2, 3].map((n) => fixture.take([log.like(idAt(START_MS, round * 10 + n), post)])));
      await Promise.all([writing, eraseAll(steps, gone!, 1)]);
      expect(await left(gone!)).toEqual(NOTHING);
    }
  });
});

test("a deleted account is in nobody's notifications any more, once all owners have erased it", async () => {
  const environment = await createEnvironment();
  onTestFinished(() => environment.close());
  const { pool } = environment.database;
  const wires = {
    user: wireUser,
    'social-graph': wireSocialGraph,
    post: wirePost,
    engagement: wireEngagement,
    notification: wireNotification,
  };
  const graph = await startSubgraphs(environment, wires, { workers: true });
  onTestFinished(() => graph.close());
  const accounts = ['gone', 'other', 'author'].map((username) => {
    return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
  });
  const [gone, other, author] = (await importAccounts(environment, accounts)) as [bigint, bigint, bigint];
  const id = environment.ids.next();
  await pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
    [author, id],
  );
  const act = (subgraph: string, who: bigint, mutation: string) =>
    graph.ask(subgraph, who, `mutation { ${mutation} { errors { code } } }`);
  for (const who of [gone, other]) {
    await act('engagement', who, `likePost(input: { postId: "${globalId('Post', id)}" })`);
    await act('engagement', who, `createComment(input: { postId: "${globalId('Post', id)}", text: "hello" })`);
    await act('engagement', who, `sharePost(input: { postId: "${globalId('Post', id)}" })`);
    await act('social-graph', who, `followUser(input: { userId: "${globalId('User', author)}" })`);
  }
  const actors = async () => {
    const text =
      'SELECT actor_id AS id, count(*)::int AS count FROM notification.activity WHERE recipient_id = $1 AND shown GROUP BY 1';
    const rows = (await pool.query<{ id: string; count: number }>(text, [author])).rows;
    return Object.fromEntries(rows.map((row) => [row.id, row.count]));
  };
  await eventually(async () => expect(await actors()).toEqual({ [String(gone)]: 4, [String(other)]: 4 }));
  const data = { userId: String(gone) };
  const outbox = createOutbox({ owner: 'user', ids: environment.ids });
  await outbox.append(pool, [{ type: 'tintype.user.account.deleted.v1', subject: data.userId, data }]);
  await eventually(async () => expect(await actors()).toEqual({ [String(other)]: 4 }));
  const { rows } = await pool.query(
    'SELECT actor_count, actor_ids FROM notification.notification WHERE recipient_id = $1',
    [author],
  );
  expect(rows).toEqual(rows.map(() => ({ actor_count: 1, actor_ids: [String(other)] })));
}, 60_000);
