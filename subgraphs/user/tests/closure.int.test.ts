import { dataOf, requireGlobalId } from '@tintype/graphql';
import { createEnvironment, type Environment, eventually, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { revokedSessionKey } from '@tintype/viewer';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAvatarService } from '#account/avatar.service.ts';
import { wireUser } from '../src/index.ts';
import { createFakeSocialGraph } from './social-graph.fake.ts';

const PAYLOAD = 'user { id username } accessToken refreshToken errors { code path }';
const PASSWORD = 'a long enough phrase';

type Payload = {
  user: { id: string; username: string } | null;
  accessToken: string;
  refreshToken: string;
  reactivated: boolean;
  errors: { code: string; path: string[] }[];
};
type Person = Payload & { user: { id: string; username: string } };
type Ended = { done: boolean; errors: { code: string; path: string[] }[] };

let environment: Environment;
let graph: TestSubgraphs;
let made = 0;
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, { ...createFakeSocialGraph().wires, user: wireUser }, { workers: true });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

async function register(input: object = {}): Promise<Payload> {
  const username = `person${made++}`;
  const all = { username, email: `${username}@example.org`, password: PASSWORD, ...input };
  const text = `mutation ($input: CreateAccountInput!) { createAccount(input: $input) { ${PAYLOAD} } }`;
  return (await graph.ask<{ createAccount: Payload }>('user', null, text, { input: all })).createAccount;
}
async function person(input: object = {}): Promise<Person> {
  return (await register(input)) as Person;
}
async function logIn(identifier: string, password = PASSWORD): Promise<Payload> {
  const text = `mutation ($input: LogInInput!) { logIn(input: $input) { reactivated ${PAYLOAD} } }`;
  return (await graph.ask<{ logIn: Payload }>('user', null, text, { input: { identifier, password } })).logIn;
}
async function refresh(refreshToken: string): Promise<Payload> {
  const text = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${PAYLOAD} } }`;
  return (await graph.ask<{ refreshSession: Payload }>('user', null, text, { input: { refreshToken } })).refreshSession;
}
function userIdOf({ user }: Person): bigint {
  return requireGlobalId('User', user.id);
}
async function end(kind: 'deactivate' | 'delete', ended: Person, password = PASSWORD): Promise<Ended> {
  const text = `mutation ($password: String!) {
    ended: ${kind}Account(input: { password: $password }) { done: ${kind}d errors { code path } }
  }`;
  const viewer = { userId: userIdOf(ended), sessionId: String(decodeJwt(ended.accessToken).sid) };
  const identity = { kind: 'person', viewer, requestId: crypto.randomUUID(), operation: 'mutation' } as const;
  const request = { query: text, variables: { password }, identity };
  return dataOf<{ ended: Ended }>('user', await graph.client.execute('user', request)).ended;
}
function edit(edited: Person, input: object): Promise<unknown> {
  const text = 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { errors { code } } }';
  return graph.ask('user', userIdOf(edited), text, { input });
}
async function publishedTypes(person: Person): Promise<string[]> {
  const rows = await environment.database.prisma.userOutbox.findMany({
    where: { subject: String(userIdOf(person)) },
    orderBy: { position: 'asc' },
  });
  return rows.map(({ type }) => type.replace('tintype.user.', '').replace('.v1', ''));
}
async function isDenied({ accessToken }: Payload): Promise<boolean> {
  const key = environment.redis.key(revokedSessionKey(String(decodeJwt(accessToken).sid)));
  return (await environment.redis.client.get(key)) === '1';
}
async function liveSessions(person: Person): Promise<number> {
  return environment.database.prisma.session.count({ where: { userId: userIdOf(person), revokedAt: null } });
}
const ENTITY =
  'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { id } } }';

/** The results of all queries for this account. */
async function seen(person: Person): Promise<Record<string, unknown>> {
  const { id, username } = person.user;
  const userId = userIdOf(person);
  const ask = (service: string, field: string) => graph.askAs<object>(service, 'user', null, `{ ${field} }`);
  const representations = [{ __typename: 'User', id }];
  const answer: Record<string, unknown> = Object.assign(
    await graph.ask<object>('user', null, `{ user(username: "${username}") { id } }`),
    await graph.ask<object>('user', null, ENTITY, { representations }),
    await ask('social-graph', `accounts(ids: ["${userId}"]) { id }`),
    await ask('post', `accountIds(usernames: ["${username}"])`),
    await ask('notification', `mailAddresses(userIds: ["${userId}"]) { userId }`),
    await ask('search', `accountsAfter(after: "${userId - 1n}", first: 1) { id }`),
  );
  const { me } = await graph.ask<{ me: unknown }>('user', userId, '{ me { id } }');
  const ids = JSON.stringify(answer.accountsAfter);
  return { ...answer, accountsAfter: ids.includes(`"${id}"`) ? [{ id }] : [], me };
}

const NOBODY = {
  user: null,
  accounts: [],
  accountIds: [],
  mailAddresses: [],
  accountsAfter: [],
  _entities: [null],
  me: null,
};

describe('deactivation', () => {
  test('requires the password', async () => {
    const ann = await person();
    const wrong = { done: false, errors: [{ code: 'PASSWORD_WRONG', path: ['input', 'password'] }] };
    expect(await end('deactivate', ann, 'another phrase')).toEqual(wrong);
    expect(await end('delete', ann, 'another phrase')).toEqual(wrong);
    expect(await liveSessions(ann)).toBe(1);
    await expect(
      graph.ask('user', null, `mutation { deleteAccount(input: { password: "${PASSWORD}" }) { deleted } }`),
    ).rejects.toThrow('Log in');
  });

  test('ends all sessions, denies their tokens, and hides the account at once', async () => {
    const ann = await person();
    const second = await logIn(ann.user.username);
    expect(await seen(ann)).not.toMatchObject({ user: null });
    expect(await end('deactivate', ann)).toEqual({ done: true, errors: [] });
    expect(await seen(ann)).toEqual(NOBODY);
    for (const session of [ann, second]) {
      expect(await isDenied(session)).toBe(true);
      expect((await refresh(session.refreshToken)).errors[0]?.code).toBe('REFRESH_TOKEN_INVALID');
    }
    await expect(edit(ann, { bio: 'still here' })).rejects.toThrow('deactivated or deleted');
    expect((await register({ username: ann.user.username })).errors[0]?.code).toBe('USERNAME_TAKEN');
    expect((await register({ email: `${ann.user.username}@example.org` })).errors[0]?.code).toBe('EMAIL_TAKEN');
    expect(await publishedTypes(ann)).toEqual(['account.registered', 'account.deactivated']);
  });

  test('is undone by logging in with the right password only', async () => {
    const ann = await person();
    const before = await seen(ann);
    await end('deactivate', ann);
    expect((await logIn(ann.user.username, 'another phrase')).errors[0]?.code).toBe('CREDENTIALS_WRONG');
    expect(await seen(ann)).toEqual(NOBODY);
    const back = await logIn(ann.user.username);
    expect(back).toMatchObject({ user: ann.user, reactivated: true, errors: [] });
    expect(await isDenied(back)).toBe(false);
    // Others see the account again after the event.
    await eventually(async () => expect(await seen(ann)).toEqual(before));
    expect((await refresh(back.refreshToken)).errors).toEqual([]);
    expect(await logIn(ann.user.username)).toMatchObject({ reactivated: false });
    expect(await publishedTypes(ann)).toEqual(['account.registered', 'account.deactivated', 'account.reactivated']);
  });

  test('publishes one event however often it is requested, and one when many logins undo it', async () => {
    const ann = await person();
    const ends = await Promise.all(Array.from({ length: 5 }, () => end('deactivate', ann)));
    expect(ends.every(({ done }) => done)).toBe(true);
    const logIns = await Promise.all(Array.from({ length: 5 }, () => logIn(ann.user.username)));
    expect(logIns.filter(({ reactivated }) => reactivated)).toHaveLength(1);
    expect(await liveSessions(ann)).toBe(5);
    expect(await publishedTypes(ann)).toEqual(['account.registered', 'account.deactivated', 'account.reactivated']);
  });
});

describe('deletion', () => {
  test('removes everything but the username, which nobody can take', async () => {
    const email = 'gone@example.org';
    const ann = await person({ email, displayName: 'Ann', username: 'Gone.Ann' });
    await edit(ann, {
      bio: 'was here with @ben',
      pronouns: ['she'],
      category: 'ARTIST',
      links: [{ title: 'Prints', url: 'https://example.org' }],
    });
    const uploadId = 5n;
    const id = userIdOf(ann);
    await environment.database.prisma.account.update({ where: { id }, data: { requestedAvatarUploadId: uploadId } });
    const publisher = { avatarReplaced: async () => undefined } as never;
    const avatars = createAvatarService({ pool: environment.database.pool, publisher });
    await avatars.apply({ userId: id, uploadId, objectKey: 'renditions/ann', placeholder: 'x' });

    expect(await end('delete', ann)).toEqual({ done: true, errors: [] });
    expect(await seen(ann)).toEqual(NOBODY);
    const row = await environment.database.prisma.account.findUnique({ where: { id }, include: { credential: true } });
    expect(row).toMatchObject({
      ...{
        state: 'DELETED',
        usernameKey: 'gone.ann',
        email: null,
        emailKey: null,
        displayName: '',
        bio: '',
        bioMentions: [],
        pronouns: [],
        category: 'NONE',
        links: [],
      },
      ...{
        requestedAvatarUploadId: null,
        avatarUploadId: null,
        avatarKey: null,
        avatarPlaceholder: null,
        avatarState: 'NONE',
        credential: null,
      },
    });
    expect(await environment.database.prisma.session.count({ where: { userId: id } })).toBe(0);
    expect(await isDenied(ann)).toBe(true);
    expect((await refresh(ann.refreshToken)).errors[0]?.code).toBe('REFRESH_TOKEN_INVALID');
    for (const identifier of ['Gone.Ann', email])
      expect((await logIn(identifier)).errors[0]?.code).toBe('CREDENTIALS_WRONG');
    await expect(edit(ann, { bio: 'back' })).rejects.toThrow('deactivated or deleted');
    expect(await publishedTypes(ann)).toEqual([
      'account.registered',
      'account.updated',
      'avatar.replaced',
      'account.deleted',
    ]);

    expect((await register({ username: 'GONE.ann', email })).errors.map(({ code }) => code)).toEqual([
      'USERNAME_TAKEN',
    ]);
    expect((await register({ email })).errors).toEqual([]);
    expect((await logIn(email)).user?.id).not.toBe(ann.user.id);
  });

  test('removes a profile picture that is processed afterwards', async () => {
    const ann = await person();
    await end('delete', ann);
    const replaced: bigint[] = [];
    const publisher = {
      avatarReplaced: async (_: unknown, __: bigint, uploadId: bigint) => void replaced.push(uploadId),
    } as never;
    const avatars = createAvatarService({ pool: environment.database.pool, publisher });
    await avatars.apply({ userId: userIdOf(ann), uploadId: 7n, objectKey: 'renditions/late', placeholder: null });
    expect(replaced).toEqual([7n]);
  });

  test('publishes one last event, also for a hidden account', async () => {
    const ann = await person();
    await end('deactivate', ann);
    const attempts = await Promise.allSettled([end('delete', ann), end('delete', ann), end('delete', ann)]);
    const done = attempts.filter((one) => one.status === 'fulfilled' && one.value.done);
    expect(done).toHaveLength(1);
    expect(await publishedTypes(ann)).toEqual(['account.registered', 'account.deactivated', 'account.deleted']);
    expect((await end('deactivate', ann)).errors[0]?.code).toBe('PASSWORD_WRONG');
  });

  test('wins over any concurrent change', async () => {
    for (let round = 0; round < 8; round++) {
      const ann = await person();
      const others = [
        () => logIn(ann.user.username),
        () => end('deactivate', ann),
        () => edit(ann, { bio: 'busy' }),
        () => refresh(ann.refreshToken),
        () => logIn(ann.user.username),
      ];
      const racing = [...others.slice(round % 5), () => end('delete', ann), ...others.slice(0, round % 5)];
      await Promise.allSettled(racing.map((race) => race()));
      expect(await seen(ann)).toEqual(NOBODY);
      expect(await environment.database.prisma.session.count({ where: { userId: userIdOf(ann) } })).toBe(0);
      const events = await publishedTypes(ann);
      expect(events.at(-1)).toBe('account.deleted');
      expect(events.filter((type) => type === 'account.deleted')).toHaveLength(1);
      expect((await logIn(ann.user.username)).errors[0]?.code).toBe('CREDENTIALS_WRONG');
    }
  });
});

test('logging in while the account is being hidden leads to one consistent state of account, sessions and events', async () => {
  for (let round = 0; round < 8; round++) {
    const ann = await person();
    const results = await Promise.all(
      round % 2
        ? [logIn(ann.user.username), end('deactivate', ann), logIn(ann.user.username)]
        : [end('deactivate', ann), logIn(ann.user.username), logIn(ann.user.username)],
    );
    const row = await environment.database.prisma.account.findUnique({ where: { id: userIdOf(ann) } });
    const events = await publishedTypes(ann);
    const isHidden = row?.state === 'DEACTIVATED';
    expect(events).toEqual(['account.registered', 'account.deactivated', ...(isHidden ? [] : ['account.reactivated'])]);
    if (isHidden) expect(await liveSessions(ann)).toBe(0);
    else expect(await liveSessions(ann)).toBeGreaterThan(0);
    // A session is refused if and only if it has ended.
    for (const session of results.filter((one): one is Payload => 'refreshToken' in one)) {
      const { sid } = decodeJwt(session.accessToken);
      const found = await environment.database.prisma.session.findUnique({ where: { id: BigInt(String(sid)) } });
      expect(await isDenied(session)).toBe(found?.revokedAt !== null);
    }
  }
});
