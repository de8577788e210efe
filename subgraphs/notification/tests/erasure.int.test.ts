import type { ErasureStep } from '@tintype/events';
import { eraseAll, eraseInterrupted } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putSubscription } from '../src/delivery/push/push-subscription.repository.ts';
import { createErasureSteps } from '../src/erasure/erasure.service.ts';
import { putDeliverySetting } from '../src/preferences/delivery-setting.repository.ts';
import { DEFAULT_DELIVERY_SETTING } from '../src/preferences/delivery-setting.service.ts';
import { putLanguage } from '../src/projection/language.repository.ts';
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
    person_language: 'user_id',
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
    await putLanguage(pool, { userId, language: 'de', version: 1n });
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
    await putLanguage(fixture.pool, { userId: gone!, language: 'de', version: 2n });
    const subscription = { id: 7n, userId: gone!, endpoint: 'https://push.example.org/7', p256dh: 'key', auth: 'auth' };
    expect(await putSubscription(fixture.pool, subscription)).toBeNull();
    expect(await left(gone!)).toEqual(NOTHING);
    expect(await fixture.unread.find(gone!)).toBe(0);
    // Others still get notifications of each other, even in the same batch.
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
