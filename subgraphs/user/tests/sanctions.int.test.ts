import { textsIn } from '@tintype/language';
import { suspendedSessionKey } from '@tintype/viewer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

let fixture: AccountFixture;
let decisions = 1n;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const DAY_MS = 86_400_000;
type Sanction = { decisionId?: bigint; action: string; until?: Date };
const impose = async ({ viewer: { userId } }: Account, { decisionId, action, until }: Sanction) => {
  const id = decisionId ?? ++decisions;
  const given = `decisionId: "${id}", userId: "${userId}", action: ${action}, reason: HATE`;
  const end = until ? `, until: "${until.toISOString()}"` : '';
  const text = `mutation { imposeSanction(${given}${end}) }`;
  return (await fixture.graph.askAs<{ imposeSanction: boolean }>('moderation', 'user', null, text)).imposeSanction;
};
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const suspensionOf = async ({ viewer }: Pick<Account, 'viewer'>) =>
  (await fixture.query<{ suspension: { until: string | null } | null }>('{ suspension { until } }', viewer)).suspension;
const notifiable = async ({ viewer: { userId } }: Account) => {
  const text = `{ notifiableAccounts(userIds: ["${userId}"]) mailAddresses(userIds: ["${userId}"]) { email } }`;
  return fixture.graph.askAs('notification', 'user', null, text);
};
const liveSession = async (sessionId: string) => {
  const text = `{ liveSessions(sessionIds: ["${sessionId}"]) { suspension { until } } }`;
  type Live = { liveSessions: { suspension: { until: string | null } | null }[] };
  return (await fixture.graph.askAs<Live>('gateway', 'user', null, text)).liveSessions;
};
const stateOf = async ({ viewer: { userId } }: Account) => {
  const { rows } = await fixture.environment.database.pool.query<{ state: string }>(
    'SELECT state FROM "user".account WHERE id = $1',
    [userId],
  );
  return rows[0]!.state;
};
const published = async ({ viewer: { userId } }: Account) => {
  const { rows } = await fixture.environment.database.pool.query<{ type: string }>(
    `SELECT type FROM "user".outbox WHERE subject = $1 AND type ~ 'activated' ORDER BY position`,
    [String(userId)],
  );
  return rows.map(({ type }) => type.split('.')[3]);
};
const mailsTo = async ({ email }: Account, subject: RegExp) =>
  (await fixture.mailbox.to(email)).filter((mail) => subject.test(mail.subject));

describe('a suspension', () => {
  test('takes effect once, however often it is repeated, and is told once', async () => {
    const person = await fixture.registerVerified();
    const until = inDays(7);
    const decisionId = ++decisions;
    await Promise.all([1, 2, 3].map(() => impose(person, { decisionId, action: 'SUSPEND', until })));
    expect(await impose(person, { decisionId, action: 'SUSPEND', until: inDays(30) })).toBe(true);
    expect(await suspensionOf(person)).toEqual({ until: until.toISOString() });
    expect(await liveSession(person.viewer.sessionId)).toEqual([{ suspension: { until: until.toISOString() } }]);
    const key = fixture.environment.redis.key(suspendedSessionKey(person.viewer.sessionId));
    expect(await fixture.environment.redis.client.get(key)).toBe('1');
    const { text } = await fixture.mailbox.received(person.email, /suspended/);
    expect(text).toContain(`until ${textsIn('en').text('dataExportIndex.publishedAt', { at: until })}.`);
    expect(text).toContain('hate against people');
    expect(await mailsTo(person, /suspended/)).toHaveLength(1);
    expect(await notifiable(person)).toEqual({ notifiableAccounts: [], mailAddresses: [] });
    expect(await stateOf(person)).toBe('ACTIVE');
  });

  test('of several, the longest counts, and it ends by itself', async () => {
    const person = await fixture.registerVerified();
    const [short, long] = [inDays(1), inDays(9)];
    await impose(person, { action: 'SUSPEND', until: long });
    await impose(person, { action: 'SUSPEND', until: short });
    expect(await suspensionOf(person)).toEqual({ until: long.toISOString() });
    await fixture.environment.database.pool.query(
      `UPDATE "user".sanction SET until = now() - interval '1 second' WHERE user_id = $1`,
      [person.viewer.userId],
    );
    expect(await suspensionOf(person)).toBeNull();
    expect(await liveSession(person.viewer.sessionId)).toEqual([{ suspension: null }]);
    expect(await notifiable(person)).toMatchObject({ notifiableAccounts: [String(person.viewer.userId)] });
  });

  test('holds for sessions that are opened or refreshed after it', async () => {
    const person = await fixture.register();
    await impose(person, { action: 'SUSPEND', until: inDays(7) });
    const viewer = (await fixture.logIn(person.username, PASSWORD))!;
    const input = { refreshToken: person.refreshToken };
    const { errors } = await fixture.mutate('refreshSession', input, 'errors { code message path }');
    expect(errors).toEqual([]);
    for (const { sessionId } of [viewer, person.viewer]) {
      expect(await liveSession(sessionId)).toEqual([{ suspension: { until: expect.any(String) } }]);
    }
  });
});

describe('a ban', () => {
  test('hides the account once, and its owner can log in', async () => {
    const person = await fixture.registerVerified();
    await impose(person, { action: 'BAN' });
    await impose(person, { action: 'BAN' });
    expect(await stateOf(person)).toBe('BANNED');
    expect(await published(person)).toEqual(['deactivated']);
    const viewer = (await fixture.logIn(person.username, PASSWORD))!;
    expect(await suspensionOf({ viewer })).toEqual({ until: null });
    expect(await fixture.query(`{ me { username } user(username: "${person.username}") { id } }`, viewer)).toEqual({
      me: { username: person.username },
      user: null,
    });
  });

  test('of a deactivated account stays when its owner comes back', async () => {
    const person = await fixture.register();
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, 'errors { code }', person.viewer);
    await impose(person, { action: 'BAN' });
    expect(await stateOf(person)).toBe('DEACTIVATED');
    const viewer = (await fixture.logIn(person.username, PASSWORD))!;
    expect(await stateOf(person)).toBe('BANNED');
    expect(await suspensionOf({ viewer })).toEqual({ until: null });
    expect(await published(person)).toEqual(['deactivated']);
  });

  test('lets the owner change the password, and delete the account with all traces of it', async () => {
    const person = await fixture.register();
    await impose(person, { action: 'BAN' });
    const input = { currentPassword: PASSWORD, newPassword: 'quite another long phrase' };
    const changed = await fixture.mutate('changePassword', input, 'errors { code message path }', person.viewer);
    expect(changed.errors).toEqual([]);
    const password = { password: input.newPassword };
    const deleted = await fixture.mutate('deleteAccount', password, 'errors { code }', person.viewer);
    expect(deleted.errors).toEqual([]);
    const { rows } = await fixture.environment.database.pool.query('SELECT 1 FROM "user".sanction WHERE user_id = $1', [
      person.viewer.userId,
    ]);
    expect(rows).toEqual([]);
    expect(await impose(person, { action: 'BAN' })).toBe(false);
    expect(await impose(person, { action: 'WARN' })).toBe(false);
  });
});

describe('a review', () => {
  const review = async ({ viewer: { userId } }: Account, decisionId: bigint, isReversed: boolean) => {
    const text = `mutation { reviewSanction(decisionId: "${decisionId}", userId: "${userId}", isReversed: ${isReversed}) }`;
    return (await fixture.graph.askAs<{ reviewSanction: boolean }>('moderation', 'user', null, text)).reviewSanction;
  };

  test('that reverses a suspension ends it once, and is told once', async () => {
    const person = await fixture.registerVerified();
    const decisionId = ++decisions;
    await impose(person, { decisionId, action: 'SUSPEND', until: inDays(7) });
    await Promise.all([1, 2, 3].map(() => review(person, decisionId, true)));
    expect(await suspensionOf(person)).toBeNull();
    await impose(person, { decisionId, action: 'SUSPEND', until: inDays(7) });
    await review(person, decisionId, false);
    expect(await suspensionOf(person)).toBeNull();
    await fixture.mailbox.received(person.email, /undone/);
    expect(await mailsTo(person, /undone|appeal/)).toHaveLength(1);
  });

  test('that upholds a suspension changes nothing, and a later one can still reverse it', async () => {
    const person = await fixture.registerVerified();
    const decisionId = ++decisions;
    await impose(person, { decisionId, action: 'SUSPEND', until: inDays(7) });
    for (const _ of [1, 2]) await review(person, decisionId, false);
    expect(await suspensionOf(person)).not.toBeNull();
    await fixture.mailbox.received(person.email, /appeal/);
    await review(person, decisionId, true);
    expect(await suspensionOf(person)).toBeNull();
    await fixture.mailbox.received(person.email, /undone/);
    expect(await mailsTo(person, /appeal/)).toHaveLength(1);
  });

  test('that reverses a ban shows the account again, unless there is another one', async () => {
    const person = await fixture.register();
    const [first, second] = [++decisions, ++decisions];
    for (const decisionId of [first, second]) await impose(person, { decisionId, action: 'BAN' });
    await review(person, first, true);
    expect(await stateOf(person)).toBe('BANNED');
    await review(person, second, true);
    expect(await stateOf(person)).toBe('ACTIVE');
    expect(await published(person)).toEqual(['deactivated', 'reactivated']);
    expect(await liveSession(person.viewer.sessionId)).toEqual([{ suspension: null }]);
  });

  test('of somebody who deleted the account does nothing', async () => {
    const person = await fixture.register();
    const decisionId = ++decisions;
    await impose(person, { decisionId, action: 'BAN' });
    await fixture.mutate('deleteAccount', { password: PASSWORD }, 'errors { code }', person.viewer);
    expect(await review(person, decisionId, true)).toBe(false);
    expect(await stateOf(person)).toBe('DELETED');
  });
});

test.each([
  ['WARN', /warning/],
  ['HIDE', /hidden/],
  ['REMOVE', /removed/],
] as const)('%s is told, and restricts nothing', async (action, subject) => {
  const person = await fixture.registerVerified();
  expect(await impose(person, { action })).toBe(true);
  await fixture.mailbox.received(person.email, subject);
  expect(await suspensionOf(person)).toBeNull();
  expect(await notifiable(person)).toMatchObject({ notifiableAccounts: [String(person.viewer.userId)] });
});

test('nobody is told at an address that is not verified', async () => {
  const person = await fixture.register();
  await impose(person, { action: 'SUSPEND', until: inDays(1) });
  const { rows } = await fixture.environment.database.pool.query(
    `SELECT 1 FROM "user".account_mail WHERE user_id = $1 AND kind = 'SUSPENDED'`,
    [person.viewer.userId],
  );
  expect(rows).toEqual([]);
});
