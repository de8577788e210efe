import { globalId } from '@tintype/ids';
import { createAuthenticator, type Forgery, removeKeys } from '@tintype/testing';
import type { Viewer } from '@tintype/viewer';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSKEY_LIMITS } from '../src/limits.ts';
import {
  type Account,
  type AccountFixture,
  type Client,
  NEW_PASSWORD,
  PASSWORD,
  startAccountFixture,
} from './account.fixture.ts';

const ORIGIN = 'https://app.tintype.example';
const ERRORS = 'errors { code path }';
const PASSKEY = 'passkey { id name isBackedUp createdAt lastUsedAt }';
const refused = (code: string, field?: string) => [{ code, path: field ? ['input', field] : [] }];

type Passkey = { id: string; name: string; isBackedUp: boolean; createdAt: string; lastUsedAt: string | null };
type LoggedIn = { user: { id: string } | null; accessToken: string | null; reactivated: boolean };

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture({
    APP_URL: ORIGIN,
    PASSKEY_DOMAIN: 'tintype.example',
    PASSKEY_ORIGINS: `${ORIGIN},https://tintype.example`,
  });
});
afterAll(() => fixture?.close());

let account: Account;
let authenticator: ReturnType<typeof createAuthenticator>;
beforeEach(async () => {
  account = await fixture.registerVerified();
  authenticator = createAuthenticator(ORIGIN);
});

const start = (viewer = account.viewer, shown: object = { password: PASSWORD }) =>
  fixture.mutate<{ options: string | null }>('startPasskeyCreation', shown, `options ${ERRORS}`, viewer);
const create = (credential: string, viewer = account.viewer, name = 'My phone') =>
  fixture.mutate<{ passkey: Passkey | null }>('createPasskey', { credential, name }, `${PASSKEY} ${ERRORS}`, viewer);
const creationOptions = async (viewer = account.viewer) => {
  const { options, errors } = await start(viewer);
  expect(errors).toEqual([]);
  return options!;
};
const add = async (viewer = account.viewer, from = authenticator) => {
  const { passkey, errors } = await create(from.create(await creationOptions(viewer)), viewer);
  expect(errors).toEqual([]);
  return passkey!;
};
const list = async (viewer: Viewer = account.viewer) =>
  (await fixture.query<{ passkeys: Passkey[] }>('{ passkeys { id name isBackedUp createdAt lastUsedAt } }', viewer))
    .passkeys;
const logInOptions = async () =>
  (await fixture.mutate<{ options: string }>('startPasskeyLogIn', null, 'options')).options;
const logIn = (credential: string, identifier?: string, from?: Client) =>
  fixture.mutate<LoggedIn>(
    'logInWithPasskey',
    { credential, ...(identifier !== undefined && { identifier }) },
    `user { id } accessToken reactivated ${ERRORS}`,
    null,
    from,
  );
const logInWith = async (forged: Forgery = {}, identifier?: string) =>
  logIn(authenticator.get(await logInOptions(), forged), identifier);
const confirmationOptions = async (viewer = account.viewer) =>
  (await fixture.mutate<{ options: string | null }>('startPasskeyConfirmation', null, 'options', viewer)).options;
const confirmed = async (viewer = account.viewer) => authenticator.get((await confirmationOptions(viewer))!);
const sessionOf = ({ accessToken }: LoggedIn): Viewer => ({
  userId: account.viewer.userId,
  sessionId: decodeJwt(accessToken!).sid as string,
});
const sessions = async () =>
  (
    await fixture.query<{ sessions: { edges: { node: { id: string } }[] } }>(
      '{ sessions { edges { node { id } } } }',
      account.viewer,
    )
  ).sessions.edges.map(({ node }) => node.id.replace('Session_', ''));

describe('a passkey', () => {
  test('is added with the password, listed, renamed and deleted, and the owner gets notices', async () => {
    expect(await list()).toEqual([]);
    const options = JSON.parse(await creationOptions());
    expect(options).toMatchObject({
      rp: { id: 'tintype.example', name: 'Tintype' },
      user: { name: account.username },
      attestation: 'none',
      timeout: 300_000,
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const added = await add();
    expect(added).toMatchObject({ name: 'My phone', isBackedUp: false, lastUsedAt: null });
    await fixture.mailbox.received(account.email, /passkey was added/);
    expect(JSON.parse(await creationOptions()).excludeCredentials).toMatchObject([{ id: authenticator.ids()[0] }]);

    const rename = (passkeyId: string, name: string) =>
      fixture.mutate<{ passkey: Passkey | null }>(
        'updatePasskey',
        { passkeyId, name },
        `${PASSKEY} ${ERRORS}`,
        account.viewer,
      );
    expect((await rename(added.id, '  Old phone ')).passkey).toEqual({ ...added, name: 'Old phone' });
    expect((await rename(added.id, ' ')).errors).toEqual(refused('TEXT_REQUIRED', 'name'));
    expect((await rename(added.id, 'two\nlines')).errors).toEqual(refused('TEXT_INVALID', 'name'));
    expect((await rename(added.id, 'x'.repeat(PASSKEY_LIMITS.name + 1))).errors).toEqual(
      refused('TEXT_TOO_LONG', 'name'),
    );
    expect((await rename('Passkey_1', 'Mine')).errors).toEqual(refused('PASSKEY_NOT_FOUND', 'passkeyId'));
    expect(await list()).toEqual([{ ...added, name: 'Old phone' }]);

    const remove = (passkeyId: string, shown: object) =>
      fixture.mutate<{ deleted: boolean }>(
        'deletePasskey',
        { passkeyId, ...shown },
        `deleted ${ERRORS}`,
        account.viewer,
      );
    expect((await remove(added.id, { password: 'a wrong password' })).errors).toEqual(
      refused('PASSWORD_WRONG', 'password'),
    );
    expect((await remove(added.id, {})).errors).toEqual(refused('PASSWORD_WRONG', 'password'));
    expect(await remove(added.id, { password: PASSWORD })).toEqual({ deleted: true, errors: [] });
    expect((await remove(added.id, { password: PASSWORD })).errors).toEqual(refused('PASSKEY_NOT_FOUND', 'passkeyId'));
    await fixture.mailbox.received(account.email, /passkey was deleted/);
    expect(await list()).toEqual([]);
    expect((await logInWith()).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  });

  test('of somebody else can be neither renamed nor deleted', async () => {
    const other = await fixture.registerVerified();
    const { id: passkeyId } = await add(other.viewer, createAuthenticator(ORIGIN));
    const input = { passkeyId, name: 'Mine' };
    const renamed = await fixture.mutate('updatePasskey', input, ERRORS, account.viewer);
    expect(renamed.errors).toEqual(refused('PASSKEY_NOT_FOUND', 'passkeyId'));
    const shown = { passkeyId, password: PASSWORD };
    const deleted = await fixture.mutate('deletePasskey', shown, ERRORS, account.viewer);
    expect(deleted.errors).toEqual(refused('PASSKEY_NOT_FOUND', 'passkeyId'));
    expect(await list(other.viewer)).toMatchObject([{ id: passkeyId, name: 'My phone' }]);
  });

  test('needs the password, and a verified e-mail address', async () => {
    expect((await start(account.viewer, { password: 'a wrong password' })).errors).toEqual(
      refused('PASSWORD_WRONG', 'password'),
    );
    const unverified = await fixture.register();
    expect((await start(unverified.viewer)).errors).toEqual(refused('EMAIL_UNVERIFIED'));
  });

  test('is one of 20 at most, also if they are added at the same time', async () => {
    const all = Array.from({ length: PASSKEY_LIMITS.passkeys + 1 }, () => createAuthenticator(ORIGIN));
    for (const one of all.slice(2)) await add(account.viewer, one);
    const offered = [await creationOptions(), await creationOptions()];
    const created = await Promise.all(offered.map((options, at) => create(all[at]!.create(options))));
    expect(created.flatMap(({ errors }) => errors)).toEqual(refused('TOO_MANY_PASSKEYS'));
    expect((await start()).errors).toEqual(refused('TOO_MANY_PASSKEYS'));
    expect(await list()).toHaveLength(PASSKEY_LIMITS.passkeys);
  });
});

describe('the answer to an offer to add a passkey', () => {
  const isInvalid = async (credential: string, viewer = account.viewer) => {
    expect((await create(credential, viewer)).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  };

  test.each<[string, Forgery]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from an origin that is not allowed', { origin: 'https://other.tintype.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['without a verified user', { isUserVerified: false }],
    ['of another type', { type: 'webauthn.get' }],
    ['with a challenge that is not ours', { challenge: Buffer.alloc(56).toString('base64url') }],
  ])('is refused %s', async (_what, forged) => {
    await isInvalid(authenticator.create(await creationOptions(), forged));
    expect(await list()).toEqual([]);
  });

  test('is refused if it is no credential', async () => {
    for (const text of ['', 'null', '{}', 'x'.repeat(100_000)]) await isInvalid(text);
    const made = JSON.parse(authenticator.create(await creationOptions()));
    for (const attestationObject of ['', 'AA', 'oA', made.response.attestationObject.slice(0, -30)]) {
      await isInvalid(JSON.stringify({ ...made, response: { ...made.response, attestationObject } }));
    }
  });

  test('counts once, and only in the session that asked for it', async () => {
    const other = await fixture.registerVerified();
    const second = (await fixture.logIn(account.username, PASSWORD))!;
    const credential = authenticator.create(await creationOptions());
    await isInvalid(credential, other.viewer);
    await isInvalid(credential, second);
    const both = await Promise.all([create(credential), create(credential)]);
    expect(both.flatMap(({ errors }) => errors)).toEqual(refused('PASSKEY_INVALID', 'credential'));
    await isInvalid(credential);
    expect(await list()).toHaveLength(1);
  });

  test('is refused after the password was changed', async () => {
    const credential = authenticator.create(await creationOptions());
    const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await fixture.mutate('changePassword', input, ERRORS, account.viewer)).errors).toEqual([]);
    await isInvalid(credential);
  });

  test('is refused if the challenge was for a login or a confirmation', async () => {
    await add();
    for (const options of [await logInOptions(), (await confirmationOptions())!]) {
      const { challenge } = JSON.parse(options);
      await isInvalid(authenticator.create(await creationOptions(), { challenge }));
    }
  });

  test('is refused if somebody has the passkey already', async () => {
    await add();
    const other = await fixture.registerVerified();
    const thief = createAuthenticator(ORIGIN);
    await isInvalid(thief.create(await creationOptions(other.viewer), { id: authenticator.ids()[0]! }), other.viewer);
    expect((await logInWith()).user).not.toBeNull();
  });
});

describe('a login with a passkey', () => {
  beforeEach(async () => {
    await add();
  });

  test('needs neither a name nor a password, and shows when the passkey was used', async () => {
    expect(JSON.parse(await logInOptions())).toMatchObject({
      rpId: 'tintype.example',
      allowCredentials: [],
      userVerification: 'required',
    });
    const done = await logInWith();
    expect(done).toMatchObject({ reactivated: false, errors: [] });
    expect(await sessions()).toContain(sessionOf(done).sessionId);
    expect(await list()).toMatchObject([{ lastUsedAt: expect.any(String) }]);
  });

  test('takes the name that was entered, and a passkey of this account only', async () => {
    const other = await fixture.registerVerified();
    for (const name of [account.username, account.email, account.username.toUpperCase()])
      expect((await logInWith({}, name)).errors).toEqual([]);
    for (const name of [other.username, 'nobody.at.all', ''])
      expect((await logInWith({}, name)).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  });

  test('takes the place of the second factor, too', async () => {
    const { secret } = await fixture.mutate<{ secret: string }>(
      'startTwoFactorSetup',
      { passkey: await confirmed() },
      `secret ${ERRORS}`,
      account.viewer,
    );
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    expect((await fixture.mutate('enableTwoFactor', { code }, ERRORS, account.viewer)).errors).toEqual([]);
    expect(await fixture.logIn(account.username, PASSWORD)).toBeNull();
    expect((await logInWith()).user).not.toBeNull();
    expect((await start()).errors).toEqual(refused('CODE_REQUIRED', 'code'));
    expect((await start(account.viewer, { passkey: await confirmed() })).errors).toEqual([]);
  });

  test('makes a deactivated account visible again, and opens none that is deleted', async () => {
    const shown = { password: PASSWORD };
    await fixture.mutate('deactivateAccount', shown, ERRORS, account.viewer);
    const back = await logInWith();
    expect(back).toMatchObject({ reactivated: true, errors: [] });
    const deleted = await fixture.mutate(
      'deleteAccount',
      { passkey: await confirmed(sessionOf(back)) },
      ERRORS,
      sessionOf(back),
    );
    expect(deleted.errors).toEqual([]);
    expect((await logInWith()).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
    const { rows } = await fixture.environment.database.pool.query('SELECT 1 FROM "user".passkey WHERE user_id = $1', [
      account.viewer.userId,
    ]);
    expect(rows).toEqual([]);
  });

  test('opens a session of a banned account, too, which stays hidden', async () => {
    const { pool } = fixture.environment.database;
    await pool.query(`UPDATE "user".account SET state = 'BANNED' WHERE id = $1`, [account.viewer.userId]);
    expect(await logInWith()).toMatchObject({
      user: { id: globalId('User', account.viewer.userId) },
      reactivated: false,
      accessToken: expect.any(String),
      errors: [],
    });
    const { rows } = await pool.query('SELECT state FROM "user".account WHERE id = $1', [account.viewer.userId]);
    expect(rows).toEqual([{ state: 'BANNED' }]);
  });

  test('survives a new password, but ends with the passkey, as do the sessions that it opened', async () => {
    const change = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await fixture.mutate('changePassword', change, ERRORS, account.viewer)).errors).toEqual([]);
    const byPasskey = sessionOf(await logInWith()).sessionId;
    const byPassword = (await fixture.logIn(account.username, NEW_PASSWORD))!.sessionId;
    const [{ id: passkeyId }] = (await list()) as [Passkey];
    const shown = { passkeyId, password: NEW_PASSWORD };
    expect((await fixture.mutate('deletePasskey', shown, ERRORS, account.viewer)).errors).toEqual([]);
    expect(await sessions()).toContain(byPassword);
    expect(await sessions()).not.toContain(byPasskey);
    expect((await logInWith()).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  });

  test('is impossible after a reset of the password, if the passkey is older than the address', async () => {
    const later = createAuthenticator(ORIGIN);
    await fixture.moveTo(account, `moved.${account.email}`);
    const added = await add(account.viewer, later);
    await fixture.resetPassword(account);
    await fixture.mailbox.received(account.email, /passkey was deleted/);
    expect((await logInWith()).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
    const loggedIn = await logIn(later.get(await logInOptions()));
    expect(loggedIn.errors).toEqual([]);
    expect(await list(sessionOf(loggedIn))).toMatchObject([{ id: added.id }]);
  });

  test('survives a reset of the password, if the address was verified before the passkey was added', async () => {
    await fixture.resetPassword(account);
    expect((await logInWith()).errors).toEqual([]);
  });

  test('that is deleted at the same time leaves no session', async () => {
    for (let round = 0; round < 5; round++) {
      const credential = authenticator.get(await logInOptions());
      const [{ id: passkeyId }] = (await list()) as [Passkey];
      const input = { passkeyId, password: PASSWORD };
      const [loggedIn, deleted] = await Promise.all([
        logIn(credential),
        fixture.mutate('deletePasskey', input, ERRORS, account.viewer),
      ]);
      expect(deleted.errors).toEqual([]);
      if (loggedIn.user) expect(await sessions()).not.toContain(sessionOf(loggedIn).sessionId);
      else expect(loggedIn.errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
      await add();
    }
  });

  test('tells the owner of a new device', async () => {
    const credential = authenticator.get(await logInOptions());
    await logIn(credential, undefined, { device: 'Firefox on Linux', network: 'a network' });
    await fixture.mailbox.received(account.email, /New login/);
  });
});

describe('the answer of a passkey', () => {
  beforeEach(async () => {
    await add();
  });
  const isInvalid = async (credential: string) => {
    expect((await logIn(credential)).errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  };

  test.each<[string, Forgery]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from an origin that is not allowed', { origin: 'https://other.tintype.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['without a verified user', { isUserVerified: false }],
    ['of another type', { type: 'webauthn.create' }],
    ['with a challenge that is not ours', { challenge: Buffer.alloc(56).toString('base64url') }],
    ['with an empty challenge', { challenge: '' }],
    ['with a wrong signature', { isSignatureWrong: true }],
    ['with an unknown ID', { id: Buffer.alloc(32, 7).toString('base64url') }],
    ['with the user handle of somebody else', { userHandle: Buffer.from('1').toString('base64url') }],
  ])('is refused %s', async (_what, forged) => {
    const answer = await logInWith(forged);
    expect(answer).toMatchObject({ user: null, accessToken: null });
    expect(answer.errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
  });

  test('is refused for the passkey of somebody else', async () => {
    const thief = createAuthenticator(ORIGIN);
    await add((await fixture.registerVerified()).viewer, thief);
    const userHandle = Buffer.from(String(account.viewer.userId)).toString('base64url');
    const [id] = authenticator.ids();
    await isInvalid(thief.get(await logInOptions(), { id: id! }));
    await isInvalid(thief.get(await logInOptions(), { id: id!, userHandle }));
    await isInvalid(thief.get(await logInOptions(), { userHandle }));
  });

  test('counts once, even if Redis has forgotten everything', async () => {
    const credential = authenticator.get(await logInOptions());
    const both = await Promise.all([logIn(credential), logIn(credential)]);
    expect(both.flatMap(({ errors }) => errors)).toEqual(refused('PASSKEY_INVALID', 'credential'));
    await removeKeys(fixture.environment.redis);
    await isInvalid(credential);
  });

  test('is refused with an authenticator that does not count, too, if it is sent again', async () => {
    const other = await fixture.registerVerified();
    const silent = createAuthenticator(ORIGIN, false);
    await add(other.viewer, silent);
    for (let round = 0; round < 2; round++) {
      const credential = silent.get(await logInOptions());
      expect((await logIn(credential)).errors).toEqual([]);
      await isInvalid(credential);
    }
  });

  test('is refused if the challenge was for a confirmation, and a confirmation with one for a login', async () => {
    await isInvalid(authenticator.get((await confirmationOptions())!));
    const passkey = authenticator.get(await logInOptions());
    const { errors } = await start(account.viewer, { passkey });
    expect(errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
  });

  test('is refused if the passkey may have been copied, and the owner gets one notice', async () => {
    expect((await logInWith({ signCount: 100 })).errors).toEqual([]);
    const noticed: Date[] = [];
    for (const signCount of [100, 7, 0]) {
      const answer = await logInWith({ signCount });
      expect(answer.errors).toEqual(refused('PASSKEY_INVALID', 'credential'));
      const { rows } = await fixture.environment.database.pool.query(
        'SELECT copy_noticed_at AS at FROM "user".passkey WHERE user_id = $1',
        [account.viewer.userId],
      );
      noticed.push(rows[0].at);
    }
    expect(noticed).toEqual([expect.any(Date), noticed[0], noticed[0]]);
    await fixture.mailbox.received(account.email, /may have been copied/);
    expect((await logInWith({ signCount: 101 })).errors).toEqual([]);
  });

  test('comes in time or not at all', async () => {
    const options = JSON.parse(await logInOptions());
    // The time is signed, so nobody can make a challenge last longer.
    const challenge = Buffer.from(options.challenge, 'base64url');
    challenge.writeBigInt64BE(BigInt(Date.now() + 3_600_000), 16);
    await isInvalid(authenticator.get(JSON.stringify({ ...options, challenge: challenge.toString('base64url') })));
  });
});

describe('a dangerous change is confirmed with a passkey', () => {
  beforeEach(async () => {
    await add();
  });

  test.each([
    ['deactivateAccount', {}],
    ['deleteAccount', {}],
    ['requestDataExport', {}],
    ['changeEmail', { email: 'passkey@example.org' }],
    ['startTwoFactorSetup', {}],
    ['startPasskeyCreation', {}],
    ['deletePasskey', { passkeyId: '' }],
  ])('%s', async (name, input) => {
    const [{ id: passkeyId }] = (await list()) as [Passkey];
    const ask = (shown: object) =>
      fixture.mutate(name, { ...input, ...('passkeyId' in input && { passkeyId }), ...shown }, ERRORS, account.viewer);
    expect((await ask({})).errors).toEqual(refused('PASSWORD_WRONG', 'password'));
    expect((await ask({ passkey: 'none' })).errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
    // A wrong answer is not made good by the password.
    expect((await ask({ passkey: 'none', password: PASSWORD })).errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
    expect((await ask({ passkey: await confirmed() })).errors).toEqual([]);
  });

  test('by the person themself, in the session that asked, and once', async () => {
    const second = sessionOf(await logInWith());
    const other = await fixture.registerVerified();
    const passkey = await confirmed();
    for (const viewer of [second, other.viewer]) {
      expect((await start(viewer, { passkey })).errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
    }
    expect((await start(account.viewer, { passkey })).errors).toEqual([]);
    expect((await start(account.viewer, { passkey })).errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
    expect(await confirmationOptions(other.viewer)).toBeNull();
    // Somebody else's passkey does not confirm, although it answers our challenge.
    const thief = createAuthenticator(ORIGIN);
    await add(other.viewer, thief);
    const foreign = thief.get((await confirmationOptions())!);
    expect((await start(account.viewer, { passkey: foreign })).errors).toEqual(refused('PASSKEY_INVALID', 'passkey'));
  });
});
