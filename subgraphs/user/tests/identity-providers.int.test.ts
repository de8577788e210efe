import { parseGlobalId } from '@tintype/ids';
import { registry } from '@tintype/telemetry';
import { createIdentityProvider, type TestIdentityProvider } from '@tintype/testing';
import type { Viewer } from '@tintype/viewer';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteUnverifiedIdentities } from '../src/identity-provider/linked-identity.repository.ts';
import { IDENTITY_PROVIDER_LIMITS } from '../src/limits.ts';
import {
  type Account,
  type AccountFixture,
  type Errors,
  NEW_PASSWORD,
  PASSWORD,
  startAccountFixture,
} from './account.fixture.ts';

const CALLBACK = 'https://app.tintype.example/callback';
const OTHER_CALLBACK = 'com.tintype.app:/callback';
const ERRORS = 'errors { code path }';
const refused = (code: string, field?: string) => [{ code, path: field ? ['input', field] : [] }];

type Started = { url: string | null; flow: string | null; errors: Errors };
type LoggedIn = {
  user: { id: string; username: string } | null;
  accessToken: string | null;
  reactivated: boolean;
  challenge: { token: string } | null;
  signUp: { token: string; email: string | null; displayName: string | null } | null;
  errors: Errors;
};
type Linked = { id: string; provider: { key: string } | null; label: string | null; lastUsedAt: string | null };

let provider: TestIdentityProvider;
let fixture: AccountFixture;
beforeAll(async () => {
  provider = await createIdentityProvider([CALLBACK, OTHER_CALLBACK]);
  fixture = await startAccountFixture(provider.env);
});
afterAll(async () => {
  await fixture?.close();
  await provider?.close();
});

let people = 0;
/** The name at the provider of somebody new. */
let login: string;
beforeEach(() => {
  login = `login${++people}`;
  provider.accounts.set(login, { email: `${login}@example.net`, email_verified: true, name: `Person ${people}` });
  provider.tamper = null;
});

const SESSION = 'user { id username } accessToken';
const start = (input: object = {}) =>
  fixture.mutate<Started>('startProviderLogIn', { provider: 'example', ...input }, `url flow ${ERRORS}`);
const finish = (flow: string | null, callbackUrl: string) =>
  fixture.mutate<LoggedIn>(
    'logInWithProvider',
    { flow, callbackUrl },
    `${SESSION} reactivated challenge { token } signUp { token email displayName } ${ERRORS}`,
  );
const logIn = async (as = login) => {
  const { url, flow } = await start();
  return finish(flow, await provider.logIn(url!, as));
};
const createAccount = (input: object) =>
  fixture.mutate<Pick<LoggedIn, 'user' | 'accessToken' | 'errors'>>(
    'createAccountWithProvider',
    input,
    `${SESSION} ${ERRORS}`,
  );
const viewerOf = ({ user, accessToken }: Pick<LoggedIn, 'user' | 'accessToken'>): Viewer => ({
  userId: parseGlobalId('User', user!.id)!,
  sessionId: decodeJwt(accessToken!).sid as string,
});
/** Somebody with an account that they created with the provider. */
const signUp = async () => {
  const { signUp: token } = await logIn();
  const created = await createAccount({ signUp: token!.token, username: login });
  expect(created.errors).toEqual([]);
  return viewerOf(created);
};
const startLink = (viewer: Viewer, more: object = { password: PASSWORD }) =>
  fixture.mutate<Started>('startIdentityLink', { provider: 'example', ...more }, `url flow ${ERRORS}`, viewer);
const link = (viewer: Viewer, flow: string | null, callbackUrl: string) =>
  fixture.mutate<{ linkedIdentity: Linked | null; errors: Errors }>(
    'linkIdentity',
    { flow, callbackUrl },
    `linkedIdentity { id provider { key } label lastUsedAt } ${ERRORS}`,
    viewer,
  );
const linkTo = async ({ viewer }: Account, as = login) => {
  const { url, flow } = await startLink(viewer);
  return link(viewer, flow, await provider.logIn(url!, as));
};
const unlink = (viewer: Viewer, linkedIdentityId: string, shown: object = { password: PASSWORD }) =>
  fixture.mutate<{ unlinked: boolean }>('unlinkIdentity', { linkedIdentityId, ...shown }, `unlinked ${ERRORS}`, viewer);
const identities = async (viewer: Viewer) =>
  (
    await fixture.query<{ linkedIdentities: Linked[] }>(
      '{ linkedIdentities { id provider { key } label lastUsedAt } }',
      viewer,
    )
  ).linkedIdentities;
const sessionCount = async (viewer: Viewer) =>
  (await fixture.query<{ sessions: { edges: object[] } }>('{ sessions { edges { cursor } } }', viewer)).sessions.edges
    .length;
const addressOf = (viewer: Viewer) =>
  fixture.query<{ emailAddress: { address: string; verifiedAt: string | null } }>(
    '{ emailAddress { address verifiedAt } }',
    viewer,
  );

test('the providers are listed without what only the operator may know', async () => {
  const { identityProviders } = await fixture.query<{ identityProviders: object[] }>(
    '{ identityProviders { key name redirectUris } }',
    null,
  );
  expect(identityProviders).toEqual([{ key: 'example', name: 'Example', redirectUris: [CALLBACK, OTHER_CALLBACK] }]);
});

describe('somebody without an account', () => {
  test('creates one, and logs in to it from then on', async () => {
    const first = await logIn();
    expect(first).toMatchObject({ user: null, accessToken: null, challenge: null, errors: [] });
    expect(first.signUp).toMatchObject({ email: `${login}@example.net`, displayName: `Person ${people}` });
    const created = await createAccount({ signUp: first.signUp!.token, username: login, displayName: 'Ann' });
    expect(created).toMatchObject({ user: { username: login }, errors: [] });
    const viewer = viewerOf(created);
    expect((await addressOf(viewer)).emailAddress).toEqual({
      address: `${login}@example.net`,
      verifiedAt: expect.any(String),
    });
    expect(await identities(viewer)).toMatchObject([
      { provider: { key: 'example' }, label: `${login}@example.net`, lastUsedAt: null },
    ]);

    const again = await logIn();
    expect(again).toMatchObject({ user: created.user, signUp: null, challenge: null, errors: [] });
    expect(viewerOf(again).sessionId).not.toBe(viewer.sessionId);
    expect(await identities(viewer)).toMatchObject([{ lastUsedAt: expect.any(String) }]);
    expect(await fixture.mailbox.to(`${login}@example.net`)).not.toContainEqual(
      expect.objectContaining({ subject: expect.stringMatching(/verify/i) }),
    );
  });

  test('has no password until they set one by mail', async () => {
    const viewer = await signUp();
    for (const password of ['', PASSWORD]) expect(await fixture.logIn(login, password)).toBeNull();
    expect((await startLink(viewer)).errors).toEqual(refused('PASSWORD_WRONG', 'password'));
    const email = `${login}@example.net`;
    await fixture.mutate('requestPasswordReset', { email }, ERRORS);
    const { token } = await fixture.mailbox.received(email, /reset/i);
    expect((await fixture.mutate('resetPassword', { token, newPassword: NEW_PASSWORD }, ERRORS)).errors).toEqual([]);
    expect(await fixture.logIn(login, NEW_PASSWORD)).not.toBeNull();
    expect(await logIn()).toMatchObject({ user: { username: login } });
  });

  test('creates one account, however often they try', async () => {
    const { signUp: token } = await logIn();
    const attempts = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        createAccount({ signUp: token!.token, username: n < 3 ? login : `${login}.${n}` }),
      ),
    );
    expect(attempts.filter(({ user }) => user !== null)).toHaveLength(1);
    for (const { user, errors } of attempts) if (!user) expect(errors).toEqual(refused('IDENTITY_TAKEN', 'signUp'));
    const again = await createAccount({ signUp: token!.token, username: login });
    expect(again.errors).toEqual(refused('IDENTITY_TAKEN', 'signUp'));
  });

  test('is told what is wrong with the new account', async () => {
    const account = await fixture.register();
    const { signUp: token } = await logIn();
    const { token: sealed } = token!;
    const codes = async (input: object) => (await createAccount({ signUp: sealed, ...input })).errors;
    expect(await codes({ username: '..' })).toEqual(refused('USERNAME_INVALID', 'username'));
    expect(await codes({ username: account.username })).toEqual(refused('USERNAME_TAKEN', 'username'));
    expect(await codes({ username: login, email: account.email })).toEqual(refused('EMAIL_TAKEN', 'email'));
    expect(await codes({ username: login, email: 'nobody' })).toEqual(refused('EMAIL_INVALID', 'email'));
    expect(await codes({ username: login, displayName: 'x'.repeat(51) })).toEqual(
      refused('TEXT_TOO_LONG', 'displayName'),
    );
    for (const wrong of ['', 'x', sealed.slice(1), (await start()).flow])
      expect((await createAccount({ signUp: wrong, username: login })).errors).toEqual(
        refused('SIGN_UP_INVALID', 'signUp'),
      );
    expect(await codes({ username: login })).toEqual([]);
  });

  test('needs an address of their own if the provider has none, and it is to be verified', async () => {
    provider.accounts.set(login, {});
    const { signUp: token } = await logIn();
    expect(token).toMatchObject({ email: null, displayName: null });
    const input = { signUp: token!.token, username: login };
    expect((await createAccount(input)).errors).toEqual(refused('EMAIL_INVALID', 'email'));
    const viewer = viewerOf(await createAccount({ ...input, email: `${login}@example.net` }));
    expect((await addressOf(viewer)).emailAddress.verifiedAt).toBeNull();
    await fixture.mailbox.received(`${login}@example.net`, /verify/i);
    expect(await identities(viewer)).toMatchObject([{ label: null }]);
  });

  test.each([
    ['the provider has not verified', { email_verified: false }],
    ['they entered', { email: 'elsewhere@example.net' }],
  ])('keeps an address that %s unverified, and its owner can shut them out', async (_, profile) => {
    const email = `victim${people}@example.net`;
    provider.accounts.set(login, { email, email_verified: true, ...profile });
    const { signUp: token } = await logIn();
    const viewer = viewerOf(await createAccount({ signUp: token!.token, username: login, email }));
    expect((await addressOf(viewer)).emailAddress).toEqual({ address: email, verifiedAt: null });

    // The owner proves that the address is theirs, and takes the account over.
    const { token: verification } = await fixture.mailbox.received(email, /verify/i);
    await fixture.mutate('verifyEmail', { token: verification }, ERRORS);
    await fixture.mutate('requestPasswordReset', { email }, ERRORS);
    const { token: reset } = await fixture.mailbox.received(email, /reset/i);
    expect((await fixture.mutate('resetPassword', { token: reset, newPassword: NEW_PASSWORD }, ERRORS)).errors).toEqual(
      [],
    );
    const owner = (await fixture.logIn(login, NEW_PASSWORD))!;
    await fixture.mailbox.received(email, /link of your account was removed/);
    expect(await identities(owner)).toEqual([]);
    expect(await sessionCount(owner)).toBe(1);
    expect(await logIn()).toMatchObject({ user: null, signUp: { token: expect.any(String) } });
  });
});

test('an address of the provider is taken as it is, so that no other one looks verified', async () => {
  provider.accounts.set(login, { email: `\u212a${login}@example.net`, email_verified: true });
  const { signUp: token } = await logIn();
  const input = { signUp: token!.token, username: login };
  expect((await createAccount(input)).errors).toEqual(refused('EMAIL_INVALID', 'email'));
});

test('texts of the provider that do harm are left out', async () => {
  provider.accounts.set(login, { email: 'a\0b@example.net', name: 'turned \u202e' });
  expect((await logIn()).signUp).toMatchObject({ email: null, displayName: null });
});

describe('an answer of the provider', () => {
  test('works once', async () => {
    await signUp();
    const { url, flow } = await start();
    const callbackUrl = await provider.logIn(url!, login);
    expect((await finish(flow, callbackUrl)).user).not.toBeNull();
    expect((await finish(flow, callbackUrl)).errors).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
  });

  test('returns to the address that was asked for', async () => {
    const { url, flow } = await start({ redirectUri: OTHER_CALLBACK });
    const callbackUrl = await provider.logIn(url!, login);
    expect(callbackUrl).toMatch(/^com\.tintype\.app:\/callback\?/);
    expect((await finish(flow, callbackUrl)).signUp).not.toBeNull();
  });

  test('belongs to the flow in which it was asked for, so nobody logs others in to their own account', async () => {
    await signUp();
    const [mine, theirs] = [await start(), await start()];
    const callbackUrl = await provider.logIn(theirs.url!, login);
    expect((await finish(mine.flow, callbackUrl)).errors).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
    // Not even with the state of the other flow: the provider compares the verifier.
    const forged = new URL(callbackUrl);
    forged.searchParams.set('state', new URL(mine.url!).searchParams.get('state')!);
    expect((await finish(mine.flow, forged.href)).errors).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
  });

  test('is refused in any other form', async () => {
    const { url, flow } = await start();
    const state = new URL(url!).searchParams.get('state');
    const right = `code=1&state=${state}&iss=${provider.issuer}`;
    const queries = [
      '',
      `state=${state}`,
      'code=1',
      `code=&state=${state}&iss=${provider.issuer}`,
      `${right}&code=2`,
      `${right}&state=`,
      `code=1&state=${state}`,
    ];
    queries.push(`${right}&error=server_error`, `error=server_error&state=${state}`, `${right}&response=x`);
    queries.push(`${right}&iss=https://other.example`, right);
    const elsewhere = [`${OTHER_CALLBACK}?${right}`, `https://evil.example/callback?${right}`, `${CALLBACK}/?${right}`];
    for (const callbackUrl of ['', 'x', ...queries.map((query) => `${CALLBACK}?${query}`), ...elsewhere])
      expect((await finish(flow, callbackUrl)).errors, callbackUrl).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
    const callbackUrl = await provider.logIn(url!, login);
    for (const other of ['', 'x', flow!.slice(1), `${flow![0] === 'A' ? 'B' : 'A'}${flow!.slice(1)}`])
      expect((await finish(other, callbackUrl)).errors).toEqual(refused('FLOW_INVALID', 'flow'));
    expect((await finish(flow, callbackUrl)).signUp).not.toBeNull();
  });

  test('may be that the person cancelled', async () => {
    const { url, flow } = await start();
    const callbackUrl = await provider.cancel(url!);
    expect(callbackUrl).toContain('error=access_denied');
    expect((await finish(flow, callbackUrl)).errors).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
  });

  const changed = (change: JWTPayload) => (idToken: string) => provider.sign({ ...decodeJwt(idToken), ...change });

  test.each<[string, (idToken: string) => Promise<string>]>([
    [
      'a changed account',
      async (idToken) => {
        const [header, , signature] = idToken.split('.');
        const payload = Buffer.from(JSON.stringify({ ...decodeJwt(idToken), sub: 'login1' })).toString('base64url');
        return [header, payload, signature].join('.');
      },
    ],
    [
      'the signature of somebody else',
      async (idToken) => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(decodeJwt(idToken)).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
      },
    ],
    [
      'no signature',
      async (idToken) => {
        const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
        return `${header}.${idToken.split('.')[1]}.`;
      },
    ],
    ['no form of a token', async () => 'x'],
    ['another audience', (idToken) => changed({ aud: 'another client' })(idToken)],
    ['another issuer', (idToken) => changed({ iss: 'https://other.example' })(idToken)],
    ['an end in the past', (idToken) => changed({ exp: 1 })(idToken)],
    ['an account with a NUL', (idToken) => changed({ sub: 'a\0b' })(idToken)],
  ])('with %s logs nobody in', async (_, forge) => {
    await signUp();
    const { url, flow } = await start();
    const callbackUrl = await provider.logIn(url!, login);
    provider.tamper = forge;
    expect(await finish(flow, callbackUrl)).toMatchObject({
      user: null,
      accessToken: null,
      signUp: null,
      errors: refused('PROVIDER_UNAVAILABLE'),
    });
    provider.tamper = changed({});
    expect((await logIn()).user).not.toBeNull();
  });

  test('of another flow, with a token that was issued for it, logs nobody in', async () => {
    const tokens: string[] = [];
    provider.tamper = async (idToken) => {
      tokens.push(idToken);
      return tokens[0]!;
    };
    expect((await logIn()).signUp).not.toBeNull();
    expect((await logIn()).errors).toEqual(refused('PROVIDER_REFUSED', 'callbackUrl'));
    expect(tokens).toHaveLength(2);
  });
});

test('only a provider and an address of the configuration are accepted', async () => {
  expect((await start({ provider: 'other' })).errors).toEqual(refused('PROVIDER_NOT_FOUND', 'provider'));
  for (const redirectUri of ['', 'https://evil.example/', `${CALLBACK}/`, `${CALLBACK}?a=1`])
    expect((await start({ redirectUri })).errors).toEqual(refused('REDIRECT_URI_INVALID', 'redirectUri'));
});

test('a frozen provider is waited for by a few, keeps nobody else from logging in, and works again afterwards', async () => {
  const answers: [flow: string, callbackUrl: string][] = [];
  for (let n = 0; n < 12; n++) {
    const { url, flow } = await start();
    answers.push([flow!, await provider.logIn(url!, login)]);
  }
  const { username } = await fixture.register();
  const before = provider.tokenRequests();
  const thaw = provider.freeze();
  const finished = Promise.all(answers.map(([flow, callbackUrl]) => finish(flow, callbackUrl)));
  expect(await fixture.logIn(username, PASSWORD)).not.toBeNull();
  for (const { errors } of await finished) expect(errors).toEqual(refused('PROVIDER_UNAVAILABLE'));
  expect(provider.tokenRequests() - before).toBeLessThanOrEqual(8);
  thaw();
  expect((await logIn()).signUp).not.toBeNull();
});

describe('a link', () => {
  let account: Account;
  beforeEach(async () => {
    account = await fixture.registerVerified();
  });

  test('is made after a confirmation, and its owner is told', async () => {
    const { viewer } = account;
    expect((await startLink(viewer, {})).errors).toEqual(refused('PASSWORD_WRONG', 'password'));
    expect((await startLink(viewer, { password: 'a wrong one' })).errors).toEqual(
      refused('PASSWORD_WRONG', 'password'),
    );
    const { linkedIdentity, errors } = await linkTo(account);
    expect(errors).toEqual([]);
    expect(linkedIdentity).toMatchObject({ provider: { key: 'example' }, label: `${login}@example.net` });
    await fixture.mailbox.received(account.email, /was linked to your account/);
    expect(await logIn()).toMatchObject({ user: { username: account.username }, signUp: null });
  });

  test('needs a verified address', async () => {
    const unverified = await fixture.register();
    expect((await startLink(unverified.viewer)).errors).toEqual(refused('EMAIL_UNVERIFIED'));
  });

  test('is to one account only', async () => {
    expect((await linkTo(account)).errors).toEqual([]);
    expect((await linkTo(account)).errors).toEqual(refused('IDENTITY_TAKEN'));
    expect((await linkTo(await fixture.registerVerified())).errors).toEqual(refused('IDENTITY_TAKEN'));
  });

  test('is one of a few', async () => {
    for (let n = 0; n < IDENTITY_PROVIDER_LIMITS.linkedIdentities; n++) {
      provider.accounts.set(`${login}.${n}`, {});
      expect((await linkTo(account, `${login}.${n}`)).errors).toEqual([]);
    }
    expect((await startLink(account.viewer)).errors).toEqual(refused('TOO_MANY_LINKED_IDENTITIES'));
  });

  test('is finished by whoever began it, in the same session, with the same password', async () => {
    const other = await fixture.registerVerified();
    const { url, flow } = await startLink(account.viewer);
    const callbackUrl = await provider.logIn(url!, login);
    const secondSession = (await fixture.logIn(account.username, PASSWORD))!;
    for (const viewer of [other.viewer, secondSession])
      expect((await link(viewer, flow, callbackUrl)).errors).toEqual(refused('FLOW_INVALID', 'flow'));
    // Nor does it log anybody in, or the other way round.
    expect((await finish(flow, callbackUrl)).errors).toEqual(refused('FLOW_INVALID', 'flow'));
    const toLogIn = await start();
    expect((await link(account.viewer, toLogIn.flow, await provider.logIn(toLogIn.url!, login))).errors).toEqual(
      refused('FLOW_INVALID', 'flow'),
    );
    const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await fixture.mutate('changePassword', input, ERRORS, account.viewer)).errors).toEqual([]);
    expect((await link(account.viewer, flow, callbackUrl)).errors).toEqual(refused('FLOW_INVALID', 'flow'));
  });

  test('does not stand in for the second factor', async () => {
    expect((await linkTo(account)).errors).toEqual([]);
    const { secret } = await fixture.mutate<{ secret: string }>(
      'startTwoFactorSetup',
      { password: PASSWORD },
      `secret ${ERRORS}`,
      account.viewer,
    );
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const enabled = await fixture.mutate<{ recoveryCodes: string[] | null }>(
      'enableTwoFactor',
      { code: totp.generate() },
      `recoveryCodes ${ERRORS}`,
      account.viewer,
    );
    const { challenge, ...rest } = await logIn();
    expect(rest).toMatchObject({ user: null, accessToken: null, signUp: null, errors: [] });
    const complete = (challengeToken: string, code: string) =>
      fixture.mutate<LoggedIn>('completeLogIn', { challenge: challengeToken, code }, `${SESSION} ${ERRORS}`);
    expect((await complete(challenge!.token, '000000')).errors).toEqual(refused('CODE_WRONG', 'code'));
    const done = await complete(challenge!.token, enabled.recoveryCodes![0]!);
    expect(done).toMatchObject({ user: { username: account.username }, errors: [] });

    // A challenge from before the link was removed completes no login.
    const { challenge: late } = await logIn();
    const [identity] = await identities(account.viewer);
    const shown = { password: PASSWORD, code: enabled.recoveryCodes![1]! };
    expect(await unlink(account.viewer, identity!.id, shown)).toEqual({ unlinked: true, errors: [] });
    expect(await complete(late!.token, enabled.recoveryCodes![2]!)).toMatchObject({ user: null });
  });

  test('ends with all other sessions that it opened', async () => {
    const { linkedIdentity } = await linkTo(account);
    await logIn();
    const own = viewerOf(await logIn());
    const { id } = linkedIdentity!;
    expect(await sessionCount(account.viewer)).toBe(3);
    const other = await fixture.registerVerified();
    expect((await unlink(other.viewer, id)).errors).toEqual(refused('LINKED_IDENTITY_NOT_FOUND', 'linkedIdentityId'));
    expect((await unlink(own, id, {})).errors).toEqual(refused('PASSWORD_WRONG', 'password'));
    expect(await unlink(own, id)).toEqual({ unlinked: true, errors: [] });
    expect((await unlink(own, id)).errors).toEqual(refused('LINKED_IDENTITY_NOT_FOUND', 'linkedIdentityId'));
    expect(await sessionCount(account.viewer)).toBe(2);
    await fixture.mailbox.received(account.email, /link of your account was removed/);
    expect((await logIn()).signUp).not.toBeNull();
  });

  test('from before the present address was verified is removed by a reset of the password, and no later one', async () => {
    const later = `${login}.later`;
    provider.accounts.set(later, { email: `${later}@example.net`, email_verified: true, name: 'Later' });
    expect((await linkTo(account)).errors).toEqual([]);
    await fixture.moveTo(account, `moved.${account.email}`);
    expect((await linkTo(account, later)).errors).toEqual([]);
    await fixture.resetPassword(account);
    await fixture.mailbox.received(account.email, /link of your account was removed/);
    expect(await logIn()).toMatchObject({ user: null, signUp: { token: expect.any(String) } });
    expect(await logIn(later)).toMatchObject({ user: { username: account.username } });
    // Another reset finds the address as it was.
    await fixture.resetPassword(account);
    expect(await logIn(later)).toMatchObject({ user: { username: account.username } });
  });

  test('reactivates a deactivated account, and is gone with a deleted one', async () => {
    await linkTo(account);
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, ERRORS, account.viewer);
    const back = await logIn();
    expect(back).toMatchObject({ user: { username: account.username }, reactivated: true });
    await fixture.mutate('deleteAccount', { password: PASSWORD }, ERRORS, viewerOf(back));
    expect(await logIn()).toMatchObject({ user: null, signUp: { token: expect.any(String) } });
    const { rows } = await fixture.environment.database.pool.query(
      'SELECT 1 FROM "user".linked_identity WHERE user_id = $1',
      [account.viewer.userId],
    );
    expect(rows).toEqual([]);
  });
});

test('outcomes are counted by provider', async () => {
  await logIn();
  const metrics = await registry.metrics();
  for (const outcome of ['accepted', 'refused', 'unavailable'])
    expect(metrics).toMatch(
      new RegExp(`user_identity_provider_answers_total\\{provider="example",outcome="${outcome}"\\} [1-9]`),
    );
});

describe('without mail', () => {
  let without: AccountFixture;
  beforeAll(async () => {
    without = await startAccountFixture({ ...provider.env, MAIL_DIRECTORY: '' });
  });
  afterAll(() => without?.close());

  test('nobody gets an account that could never have a password, and links of unverified addresses are known', async () => {
    const started = await without.mutate<Started>('startProviderLogIn', { provider: 'example' }, `url flow ${ERRORS}`);
    const answer = { flow: started.flow, callbackUrl: await provider.logIn(started.url!, login) };
    const { signUp: token } = await without.mutate<LoggedIn>('logInWithProvider', answer, `signUp { token } ${ERRORS}`);
    const refusal = await without.mutate(
      'createAccountWithProvider',
      { signUp: token!.token, username: login },
      `${SESSION} ${ERRORS}`,
    );
    expect(refusal.errors).toEqual(refused('MAIL_UNAVAILABLE'));

    const { viewer } = await without.register();
    const link = await without.mutate<Started>(
      'startIdentityLink',
      { provider: 'example', password: PASSWORD },
      `url flow ${ERRORS}`,
      viewer,
    );
    const input = { flow: link.flow, callbackUrl: await provider.logIn(link.url!, login) };
    expect((await without.mutate('linkIdentity', input, ERRORS, viewer)).errors).toEqual([]);
    // Nobody has verified the address, so a reset of the password removes the link.
    const { pool } = without.environment.database;
    expect(await deleteUnverifiedIdentities(pool, viewer.userId)).toBe(1);
  });
});
