import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_CHANGES } from '../src/username/username.rules.ts';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const change = (username: string, { viewer }: Account) =>
  fixture.mutate<{ user: { username: string } | null }>(
    'changeUsername',
    { username },
    'user { username } errors { code path }',
    viewer,
  );
const codeOf = async (username: string, account: Account) => (await change(username, account)).errors[0]?.code ?? null;
const found = async (username: string) =>
  (await fixture.query<{ user: { username: string } | null }>(`{ user(username: "${username}") { username } }`, null))
    .user?.username;
/** Makes all former usernames expire. */
const pass14Days = () =>
  fixture.environment.database.pool.query(`UPDATE "user".former_username SET expires_at = now()`);

test('the account is found by both names for 14 days, and mentions of both are links to it', async () => {
  const account = await fixture.registerVerified();
  const { username, email } = account;
  expect(await change('Fresh.Name', account)).toEqual({ user: { username: 'Fresh.Name' }, errors: [] });
  expect([await found('fresh.name'), await found(username.toUpperCase())]).toEqual(['Fresh.Name', 'Fresh.Name']);
  const query = `{ accountIds(usernames: ["${username}", "fresh.name"]) }`;
  const { accountIds } = await fixture.graph.askAs<{ accountIds: string[] }>('post', 'user', null, query);
  expect(accountIds.map(String)).toEqual([String(account.viewer.userId)]);
  await fixture.mailbox.received(email, /username was changed/);
  await pass14Days();
  expect([await found('fresh.name'), await found(username)]).toEqual(['Fresh.Name', undefined]);
});

test('publishes an event', async () => {
  const account = await fixture.register();
  await change('other.name', account);
  const where = { subject: String(account.viewer.userId) };
  const events = await fixture.environment.database.prisma.userOutbox.findMany({ where, orderBy: { position: 'asc' } });
  expect(events.at(-1)).toMatchObject({ type: 'tintype.user.account.updated.v1', data: { username: 'other.name' } });
});

test('nobody else can take the old name for 14 days, by registration or change', async () => {
  const [account, other] = [await fixture.register(), await fixture.register()];
  const { username } = account;
  await change('moved.on', account);
  await expect(fixture.register({ username: username.toUpperCase(), email: 'x@example.org' })).rejects.toThrow(
    'USERNAME_TAKEN',
  );
  expect(await codeOf(username, other)).toBe('USERNAME_TAKEN');
  await pass14Days();
  expect(await codeOf(username, other)).toBeNull();
  expect(await found(username)).toBe(username);
});

test('the owner can go back to the old name', async () => {
  const account = await fixture.register();
  const { username } = account;
  await change('for.a.while', account);
  expect(await change(username, account)).toEqual({ user: { username }, errors: [] });
  expect(await found('for.a.while')).toBe(username);
});

test('upper and lower case can change at will, other changes twice in 14 days', async () => {
  const account = await fixture.register({ username: 'lower' });
  for (let count = 0; count < 4; count++) expect(await codeOf(count % 2 ? 'lower' : 'LOWER', account)).toBeNull();
  for (let count = 0; count < MAX_CHANGES; count++) expect(await codeOf(`name${count}.x`, account)).toBeNull();
  expect(await codeOf('one.more', account)).toBe('TOO_MANY_CHANGES');
  await pass14Days();
  expect(await codeOf('one.more', account)).toBeNull();
});

test.each(['', 'a b', '.a', 'a..b', 'ä', 'x'.repeat(31), 'a\0b', 'admin', 'root'])(
  '%j is refused',
  async (username) => {
    const account = await fixture.register();
    expect(['USERNAME_INVALID', 'USERNAME_TAKEN']).toContain(await codeOf(username, account));
  },
);

test('of many people who want a name, one gets it, also while its owner gives it up', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, () => fixture.register()));
  const codes = await Promise.all(people.map((one) => codeOf('wanted', one)));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  const owner = people[codes.indexOf(null)]!;
  const others = people.filter((one) => one !== owner);
  const [left, ...rest] = await Promise.all([codeOf('given.up', owner), ...others.map((one) => codeOf('wanted', one))]);
  expect([left, ...rest]).toEqual([null, ...Array(5).fill('USERNAME_TAKEN')]);
});

test('a deleted account keeps its name for good, and its former names until their time is over', async () => {
  const account = await fixture.register();
  const { username } = account;
  await change('last.name', account);
  await fixture.mutate('deleteAccount', { password: PASSWORD }, 'errors { code }', account.viewer);
  for (const name of ['last.name', username]) {
    await expect(fixture.register({ username: name, email: 'y@example.org' })).rejects.toThrow('USERNAME_TAKEN');
    expect(await found(name)).toBeUndefined();
  }
  await pass14Days();
  await expect(fixture.register({ username: 'last.name' })).rejects.toThrow('USERNAME_TAKEN');
  expect(await fixture.register({ username, email: 'y@example.org' })).toMatchObject({ username });
});
