import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

type Session = { id: string; device: string; createdAt: string; lastSeenAt: string; isCurrent: boolean };

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

async function sessionsOf({ viewer }: Pick<Account, 'viewer'>, args = ''): Promise<Session[]> {
  const fields = 'edges { node { id device createdAt lastSeenAt isCurrent } }';
  type Data = { sessions: { edges: { node: Session }[] } };
  const { sessions } = await fixture.query<Data>(`{ sessions${args} { ${fields} } }`, viewer);
  return sessions.edges.map(({ node }) => node);
}
const end = (sessionId: string, account: Account) =>
  fixture.mutate('endSession', { sessionId }, 'ended', account.viewer);

test('sessions are listed newest first, with what the client called itself', async () => {
  const account = await fixture.register({}, { device: 'Firefox on Linux' });
  await fixture.logIn(account.username, PASSWORD, { device: 'Safari on iOS' });
  await fixture.logIn(account.username, PASSWORD);
  const sessions = await sessionsOf(account);
  expect(sessions.map(({ device, isCurrent }) => [device, isCurrent])).toEqual([
    ['', false],
    ['Safari on iOS', false],
    ['Firefox on Linux', true],
  ]);
  expect(await sessionsOf(account, '(last: 1)')).toEqual(sessions.slice(2));
  await fixture.mutate('refreshSession', { refreshToken: account.refreshToken }, 'accessToken errors { code }');
  const after = (await sessionsOf(account)).at(-1)!;
  expect(after.createdAt).toBe(sessions.at(-1)!.createdAt);
  expect(new Date(after.lastSeenAt).getTime()).toBeGreaterThan(new Date(after.createdAt).getTime());
});

test('an ended session is gone from the list, and cannot be refreshed', async () => {
  const account = await fixture.register();
  const other = { ...account, viewer: (await fixture.logIn(account.username, PASSWORD))! };
  const mine = (await sessionsOf(other)).find(({ isCurrent }) => !isCurrent)!;
  expect(await end(mine.id, other)).toEqual({ ended: true });
  expect(await end(mine.id, other)).toEqual({ ended: false });
  expect(await sessionsOf(other)).toHaveLength(1);
  const { refreshToken } = account;
  const refreshed = await fixture.mutate('refreshSession', { refreshToken }, 'accessToken errors { code }');
  expect(refreshed).toMatchObject({ accessToken: null, errors: [{ code: 'REFRESH_TOKEN_INVALID' }] });
});

test('nobody can end or see a session of somebody else', async () => {
  const [one, other] = [await fixture.register(), await fixture.register()];
  const [session] = await sessionsOf(one);
  for (const id of [session!.id, 'Session_1', 'Post_1', '', session!.id.replace('Session', 'User')]) {
    expect(await end(id, other), id).toEqual({ ended: false });
  }
  expect(await sessionsOf(one)).toEqual([session]);
  expect((await sessionsOf(other)).map(({ id }) => id)).not.toContain(session!.id);
});

test('all other sessions end together', async () => {
  const account = await fixture.register();
  for (let count = 0; count < 3; count++) await fixture.logIn(account.username, PASSWORD);
  const endOthers = () => fixture.mutate('endOtherSessions', null, 'endedCount', account.viewer);
  expect(await endOthers()).toEqual({ endedCount: 3 });
  expect(await endOthers()).toEqual({ endedCount: 0 });
  expect((await sessionsOf(account)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
});

test('the owner gets a notice of a login from a device or network that is new, and of no other', async () => {
  const account = await fixture.registerVerified();
  const { email, username } = account;
  const home = { device: 'Firefox on Linux', network: '198.51.100.1' };
  const notices = async () => (await fixture.mailbox.to(email)).filter(({ subject }) => /New login/.test(subject));
  await fixture.logIn(username, PASSWORD, home);
  await expect.poll(async () => (await notices()).length).toBe(1);
  expect((await notices())[0]!.text).toContain('Firefox on Linux');
  await fixture.logIn(username, PASSWORD, home);
  await fixture.logIn(username, PASSWORD, { ...home, network: '203.0.113.7' });
  await expect.poll(async () => (await notices()).length).toBe(2);
  await fixture.logIn(username, PASSWORD, { ...home, device: 'Chrome on Windows' });
  await expect.poll(async () => (await notices()).length).toBe(3);
  const { rows } = await fixture.environment.database.pool.query('SELECT 1 FROM "user".account_mail');
  expect(rows).toEqual([]);
});
