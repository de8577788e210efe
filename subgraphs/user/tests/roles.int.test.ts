import { globalId } from '@tintype/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

let fixture: AccountFixture;
let admin: Account;
let person: Account;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  [admin, person] = [await fixture.register(), await fixture.register()];
  await give(admin, 'ADMIN');
});

const idOf = ({ viewer }: Account) => globalId('User', viewer.userId);
/** As the command line does. */
const give = ({ viewer }: Account, role: string) =>
  fixture.environment.database.pool.query('INSERT INTO "user".role (user_id, role) VALUES ($1, $2)', [
    viewer.userId,
    role,
  ]);
const roleOf = async ({ viewer }: Account) =>
  (await fixture.query<{ viewerRole: string | null }>('{ viewerRole }', viewer)).viewerRole;
const change = async (name: 'grantRole' | 'revokeRole', by: Account, userId: string) => {
  const input = { userId, ...(name === 'grantRole' && { role: 'MODERATOR' }) };
  const { errors } = await fixture.mutate<object>(name, input, 'user { id } errors { code message path }', by.viewer);
  return errors.map(({ code }) => code);
};
const published = async ({ viewer }: Account) => {
  const { rows } = await fixture.environment.database.pool.query<{ type: string; data: object }>(
    `SELECT type, data FROM "user".outbox WHERE subject = $1 AND type LIKE 'tintype.user.role.%' ORDER BY position`,
    [String(viewer.userId)],
  );
  return rows.map(({ type, data }) => ({ type: type.split('.')[3], ...data }));
};

describe('a role', () => {
  test('is granted and revoked by an admin, with one event for each change', async () => {
    expect(await roleOf(person)).toBeNull();
    for (const _ of [1, 2]) expect(await change('grantRole', admin, idOf(person))).toEqual([]);
    expect(await roleOf(person)).toBe('MODERATOR');
    for (const _ of [1, 2]) expect(await change('revokeRole', admin, idOf(person))).toEqual([]);
    expect(await roleOf(person)).toBeNull();
    const data = { userId: String(person.viewer.userId), by: String(admin.viewer.userId), role: 'MODERATOR' };
    expect(await published(person)).toEqual([
      { type: 'granted', ...data },
      { type: 'revoked', ...data },
    ]);
  });

  test.each(['grantRole', 'revokeRole'] as const)('cannot be changed by others: %s', async (name) => {
    const moderator = await fixture.register();
    await give(moderator, 'MODERATOR');
    for (const who of [moderator, person]) {
      await expect(change(name, who, idOf(admin))).rejects.toThrow('This is only for admins.');
    }
    expect(await roleOf(admin)).toBe('ADMIN');
  });

  test('of oneself cannot be changed, so that an admin remains', async () => {
    expect(await change('revokeRole', admin, idOf(admin))).toEqual(['SELF_NOT_ALLOWED']);
    expect(await change('grantRole', admin, idOf(admin))).toEqual(['SELF_NOT_ALLOWED']);
    expect(await roleOf(admin)).toBe('ADMIN');
  });

  test.each(['User_1', 'Post_1', ''])('cannot be granted to %j', async (id) => {
    expect(await change('grantRole', admin, id)).toEqual(['USER_NOT_FOUND']);
  });

  test('ends at once, also in the middle of what the former admin does', async () => {
    await fixture.environment.database.pool.query('DELETE FROM "user".role WHERE user_id = $1', [admin.viewer.userId]);
    await expect(change('grantRole', admin, idOf(person))).rejects.toThrow('This is only for admins.');
  });

  test('can be revoked while the account is deactivated', async () => {
    await change('grantRole', admin, idOf(person));
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, 'errors { code }', person.viewer);
    expect(await change('grantRole', admin, idOf(person))).toEqual(['USER_NOT_FOUND']);
    expect(await change('revokeRole', admin, idOf(person))).toEqual([]);
    const viewer = (await fixture.logIn(person.username, PASSWORD))!;
    expect(await roleOf({ ...person, viewer })).toBeNull();
  });

  test('ends with the account', async () => {
    await change('grantRole', admin, idOf(person));
    const closed = await fixture.mutate('deleteAccount', { password: PASSWORD }, 'errors { code }', person.viewer);
    expect(closed.errors).toEqual([]);
    const asked = `{ staff(first: 100) { edges { node { user { id } } } } }`;
    expect(JSON.stringify(await fixture.query(asked, admin.viewer))).not.toContain(idOf(person));
    expect((await published(person)).at(-1)).toMatchObject({ type: 'revoked' });
  });
});

describe('the list of people with a role', () => {
  test('is for them only, and has pages', async () => {
    await change('grantRole', admin, idOf(person));
    type Staff = {
      staff: { edges: { cursor: string; node: { user: { id: string }; role: string } }[] };
    };
    const list = async (args: string) =>
      (
        await fixture.query<Staff>(
          `{ staff(first: 100${args}) { edges { cursor node { user { id } role } } } }`,
          person.viewer,
        )
      ).staff.edges;
    const all = await list('');
    const mine = all.find(({ node }) => node.user.id === idOf(admin))!;
    expect(mine.node.role).toBe('ADMIN');
    expect((await list(`, after: "${mine.cursor}"`)).map(({ node }) => node.user.id)).toContain(idOf(person));
    await change('revokeRole', admin, idOf(person));
    await expect(list('')).rejects.toThrow('This is only for moderators and admins.');
  });
});
