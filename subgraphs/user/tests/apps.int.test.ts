import { eventually } from '@tintype/testing';
import { suspendedSessionKey } from '@tintype/viewer';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { APP_LIMITS } from '../src/limits.ts';
import { type Account, type Errors, NEW_PASSWORD, PASSWORD } from './account.fixture.ts';
import {
  type App,
  type AuthorizationFixture,
  hiddenOf,
  REDIRECT_URI,
  startAuthorizationFixture,
} from './authorization.fixture.ts';

const ERRORS = 'errors { code message path }';
const INPUT = {
  name: 'Printer',
  website: 'https://printer.example',
  redirectUris: [REDIRECT_URI],
  isConfidential: true,
};

let fixture: AuthorizationFixture;
let developer: Account;
beforeAll(async () => {
  fixture = await startAuthorizationFixture();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  developer = await fixture.register();
});

type Saved = { app: { id: string; name: string; redirectUris: string[] } | null };
const APP = `app { id name redirectUris } ${ERRORS}`;
const create = (more: object) => fixture.mutate<Saved>('createApp', { ...INPUT, ...more }, APP, developer.viewer);
const update = (input: object, by = developer) => fixture.mutate<Saved>('updateApp', input, APP, by.viewer);
const authorizedApps = async (account: Account) => {
  type Data = { authorizedApps: { edges: { node: { id: string; scopes: string[] } }[] } };
  const query = '{ authorizedApps { edges { node { id scopes authorizedAt lastUsedAt } } } }';
  return (await fixture.query<Data>(query, account.viewer)).authorizedApps.edges.map(({ node }) => node);
};
const isLive = async (token: string) => (await fixture.access(token)) !== null;

describe('an app', () => {
  test.each([
    ['name', '  ', 'TEXT_REQUIRED'],
    ['name', 'x'.repeat(51), 'TEXT_TOO_LONG'],
    ['name', 'two\nlines', 'TEXT_INVALID'],
    ['name', 'reversed \u202e', 'TEXT_INVALID'],
    ['website', 'printer.example', 'WEBSITE_INVALID'],
    ['website', 'javascript:alert(1)', 'WEBSITE_INVALID'],
    ['website', `https://printer.example/${'x'.repeat(200)}`, 'WEBSITE_INVALID'],
    ['redirectUris', [], 'REDIRECT_URI_INVALID'],
    ['redirectUris', Array.from({ length: 11 }, (_, n) => `https://printer.example/${n}`), 'REDIRECT_URI_INVALID'],
    ['redirectUris', [REDIRECT_URI, REDIRECT_URI], 'REDIRECT_URI_INVALID'],
    ...[
      'http://printer.example/callback',
      'https://printer.example/#fragment',
      'https://*.printer.example/',
      'https://user:password@printer.example/',
      'https://localhost/',
      'javascript:alert(1)',
      'data:text/html,x',
      'printer:/callback',
      'com.example.printer://printer.example/callback',
      'com.example.printer://',
      'printer.example/callback',
      '/callback',
      `https://printer.example/${'x'.repeat(500)}`,
    ].map((uri) => ['redirectUris', [uri], 'REDIRECT_URI_INVALID'] as const),
  ] as const)('with the %s %j is refused', async (field, value, code) => {
    const { id } = await fixture.createApp(developer);
    const refused = { app: null, errors: [{ code, message: expect.any(String), path: ['input', field] }] };
    expect(await create({ [field]: value })).toEqual(refused);
    expect(await update({ appId: id, [field]: value })).toEqual(refused);
  });

  test('keeps what an update leaves out, and accepts no former redirect URI', async () => {
    const app = await fixture.createApp(developer);
    const next = 'https://printer.example/next';
    const { app: updated, errors } = await update({ appId: app.id, redirectUris: [next] });
    expect([updated, errors]).toEqual([{ id: app.id, name: INPUT.name, redirectUris: [next] }, []]);
    expect((await fixture.browser().get(fixture.ask(app).url)).status).toBe(400);
    expect((await fixture.browser().get(fixture.ask(app, { redirect_uri: next }).url)).status).toBe(303);
  });

  test('belongs to its developer alone', async () => {
    const app = await fixture.createApp(developer);
    const other = await fixture.register();
    const failure = [{ code: 'APP_NOT_FOUND', message: expect.any(String), path: ['input', 'appId'] }];
    for (const appId of [app.id, 'App_1', 'Post_1', '']) {
      expect((await update({ appId, name: 'Mine' }, other)).errors).toEqual(failure);
      for (const [name, field] of [
        ['replaceAppSecret', 'secret'],
        ['deleteApp', 'deleted'],
      ] as const) {
        expect((await fixture.mutate(name, { appId }, `${field} ${ERRORS}`, other.viewer)).errors).toEqual(failure);
      }
    }
    type Data = { apps: { edges: { node: { id: string } }[] } };
    const list = async ({ viewer }: Account) =>
      (await fixture.query<Data>('{ apps { edges { node { id } } } }', viewer)).apps.edges.map(({ node }) => node.id);
    expect([await list(developer), await list(other)]).toEqual([[app.id], []]);
  });

  test('is one of at most twenty, however many are registered at once', async () => {
    const made = await Promise.all(Array.from({ length: APP_LIMITS.apps + 3 }, () => create({})));
    const refused = made.filter(({ app }) => app === null);
    expect(refused.map(({ errors }) => errors[0]!.code)).toEqual(Array(3).fill('TOO_MANY_APPS'));
  });

  test('has only its newest secret, if it has one', async () => {
    const app = await fixture.createApp(developer);
    const tokens = await fixture.grant(app, developer);
    const replace = (appId: string) =>
      fixture.mutate<{ secret: string | null }>('replaceAppSecret', { appId }, `secret ${ERRORS}`, developer.viewer);
    const { secret } = await replace(app.id);
    expect(await fixture.refresh(app, tokens.refresh_token)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await fixture.refresh({ ...app, secret }, tokens.refresh_token)).toMatchObject({ status: 200 });
    const open = await fixture.createApp(developer, { isConfidential: false });
    expect(await replace(open.id)).toMatchObject({ secret: null, errors: [{ code: 'APP_IS_PUBLIC' }] });
  });

  test('that is deleted acts for nobody', async () => {
    const [app, reader] = [await fixture.createApp(developer), await fixture.register()];
    const { access_token, refresh_token } = await fixture.grant(app, reader);
    await fixture.mutate('deleteApp', { appId: app.id }, `deleted ${ERRORS}`, developer.viewer);
    expect(await isLive(access_token)).toBe(false);
    expect(await fixture.refresh(app, refresh_token)).toMatchObject({ error: 'invalid_client' });
    expect(await authorizedApps(reader)).toEqual([]);
  });
});

describe('an app of a developer who is suspended, banned or away', () => {
  let decisions = 1n;
  const impose = async (action: 'SUSPEND' | 'BAN') => {
    const id = ++decisions;
    const { userId } = developer.viewer;
    const end = action === 'SUSPEND' ? `, until: "${new Date(Date.now() + 86_400_000).toISOString()}"` : '';
    const given = `decisionId: "${id}", userId: "${userId}", action: ${action}, reason: SPAM${end}`;
    await fixture.graph.askAs('moderation', 'user', null, `mutation { imposeSanction(${given}) }`);
    return id;
  };
  /** Each begins a state of the developer, and returns what ends it. */
  const states: Record<string, () => Promise<() => Promise<unknown>>> = {
    async suspended() {
      await impose('SUSPEND');
      const ended = `UPDATE "user".sanction SET until = now() - interval '1 second' WHERE user_id = $1`;
      return () => fixture.environment.database.pool.query(ended, [developer.viewer.userId]);
    },
    async banned() {
      const decisionId = await impose('BAN');
      const given = `decisionId: "${decisionId}", userId: "${developer.viewer.userId}", isReversed: true`;
      return () => fixture.graph.askAs('moderation', 'user', null, `mutation { reviewSanction(${given}) }`);
    },
    async deactivated() {
      const input = { password: PASSWORD };
      await fixture.mutate('deactivateAccount', input, `deactivated ${ERRORS}`, developer.viewer);
      return () => fixture.logIn(developer.username, PASSWORD);
    },
  };

  test.each(Object.keys(states))('acts for nobody at once, and goes on afterwards (%s)', async (state) => {
    const [app, reader] = [await fixture.createApp(developer), await fixture.register()];
    const { access_token, refresh_token } = await fixture.grant(app, reader);
    const { grantId } = (await fixture.access(access_token))!;
    const live = async () => {
      const query = `{ liveSessions(sessionIds: ["${grantId}"]) { sessionId suspension { until } } }`;
      return (await fixture.graph.askAs<{ liveSessions: object[] }>('gateway', 'user', null, query)).liveSessions;
    };
    const free = [{ sessionId: grantId, suspension: null }];
    expect(await live()).toEqual(free);
    const browser = fixture.browser();
    const { page, response } = await browser.logIn(fixture.ask(app), reader);
    const consent = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };

    const end = await states[state]!();
    const { redis } = fixture.environment;
    expect(await redis.client.get(redis.key(suspendedSessionKey(grantId)))).toBe('1');
    expect([await isLive(access_token), await live()]).toEqual([false, []]);
    expect(await fixture.refresh(app, refresh_token)).toMatchObject({ error: 'invalid_client' });
    expect((await fixture.browser().get(fixture.ask(app).url)).status).toBe(400);
    expect((await browser.post(page, consent)).status).toBe(400);
    // The person still sees the app, so they can end it.
    expect(await authorizedApps(reader)).toMatchObject([{ id: app.id }]);

    await end();
    expect([await isLive(access_token), await live()]).toEqual([true, free]);
    expect(await fixture.refresh(app, refresh_token)).toMatchObject({ status: 200 });
  });
});

describe('what a person lets an app do', () => {
  let app: App;
  let reader: Account;
  beforeEach(async () => {
    app = await fixture.createApp(developer);
    reader = await eventually(() => fixture.registerVerified());
  });
  const mutate = (name: string, input: object | null, fields: string) =>
    fixture.mutate<object>(name, input, fields, reader.viewer);
  const grantCount = async () => {
    const { rows } = await fixture.environment.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM "user".app_grant WHERE user_id = $1',
      [reader.viewer.userId],
    );
    return rows[0]!.count;
  };

  test('is listed once per app, with all scopes, and ends as a whole', async () => {
    const other = await fixture.createApp(developer);
    const tokens = [
      await fixture.grant(app, reader, 'openid read'),
      await fixture.grant(app, reader, 'read write:posts'),
      await fixture.grant(other, reader, 'read'),
    ];
    expect(await authorizedApps(reader)).toMatchObject([
      { id: other.id, scopes: ['read'] },
      { id: app.id, scopes: ['openid', 'read', 'write:posts'] },
    ]);
    const revoke = () => mutate('revokeApp', { appId: app.id }, 'revoked');
    expect(await revoke()).toEqual({ revoked: true });
    expect(await Promise.all(tokens.map(({ access_token }) => isLive(access_token)))).toEqual([false, false, true]);
    expect(await authorizedApps(reader)).toMatchObject([{ id: other.id }]);
    expect(await revoke()).toEqual({ revoked: false });
  });

  test('is a session to the gateway, until it ends', async () => {
    const { access_token } = await fixture.grant(app, reader);
    const { grantId } = (await fixture.access(access_token))!;
    const query = `{ liveSessions(sessionIds: ["${grantId}"]) { sessionId } }`;
    const live = () => fixture.graph.askAs<{ liveSessions: object[] }>('gateway', 'user', null, query);
    expect(await live()).toEqual({ liveSessions: [{ sessionId: grantId }] });
    await mutate('revokeApp', { appId: app.id }, 'revoked');
    expect(await live()).toEqual({ liveSessions: [] });
  });

  test('is at most ten grants to an app: the oldest one ends', async () => {
    const first = await fixture.grant(app, reader, 'read');
    for (let n = 1; n < APP_LIMITS.grants; n++) await fixture.grant(app, reader, 'read');
    expect(await isLive(first.access_token)).toBe(true);
    await fixture.grant(app, reader, 'read');
    expect(await isLive(first.access_token)).toBe(false);
  });

  test('is one grant for one decision, however often its form is sent, and ends one of ten at most', async () => {
    const grants: string[] = [];
    for (let n = 0; n < APP_LIMITS.grants; n++) grants.push((await fixture.grant(app, reader, 'read')).access_token);
    const [browser, asked] = [fixture.browser(), fixture.ask(app)];
    const { page, response } = await browser.logIn(asked, reader);
    const consent = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };
    const sent = await Promise.all([1, 2, 3].map(() => browser.post(page, consent)));
    sent.push(await browser.post(page, consent));
    expect(sent.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    const answered = await browser.follow(sent[0]!);
    const tokens = await fixture.exchange(app, answered.searchParams.get('code')!, asked);
    expect(await isLive(tokens.access_token)).toBe(true);
    expect(await Promise.all(grants.map(isLive))).toEqual([false, ...grants.slice(1).map(() => true)]);
    expect(await grantCount()).toBe(APP_LIMITS.grants);
    // When the app has its code, the decision is over.
    expect((await browser.post(page, consent)).status).toBe(400);
  });

  test('is at most ten grants to an app, also after decisions at the same time', async () => {
    const forms: (() => Promise<{ status: number }>)[] = [];
    for (let n = 0; n < APP_LIMITS.grants + 4; n++) {
      const browser = fixture.browser();
      const { page, response } = await browser.logIn(fixture.ask(app), reader);
      const consent = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };
      forms.push(() => browser.post(page, consent));
    }
    const sent = await Promise.all(forms.map((send) => send()));
    expect(sent.filter(({ status }) => status !== 303)).toEqual([]);
    expect(await grantCount()).toBe(APP_LIMITS.grants);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'a changed password',
      () => mutate('changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, `changed ${ERRORS}`),
    ],
    [
      'a password reset',
      async () => {
        await mutate('requestPasswordReset', { email: reader.email }, `requested ${ERRORS}`);
        const { token } = await fixture.mailbox.received(reader.email, /reset/i);
        await mutate('resetPassword', { token, newPassword: NEW_PASSWORD }, `reset ${ERRORS}`);
      },
    ],
    ['a new second factor', () => enableTwoFactor()],
    ['deactivation', () => mutate('deactivateAccount', { password: PASSWORD }, `deactivated ${ERRORS}`)],
    ['deletion', () => mutate('deleteAccount', { password: PASSWORD }, `deleted ${ERRORS}`)],
  ])('ends with %s', async (_, end) => {
    const { access_token, refresh_token } = await fixture.grant(app, reader);
    expect(await isLive(access_token)).toBe(true);
    await end();
    expect(await isLive(access_token)).toBe(false);
    expect(await fixture.refresh(app, refresh_token)).toMatchObject({ error: 'invalid_grant' });
  });

  test('ends when the developer deletes their account', async () => {
    const { access_token } = await fixture.grant(app, reader);
    await fixture.mutate('deleteAccount', { password: PASSWORD }, `deleted ${ERRORS}`, developer.viewer);
    expect(await isLive(access_token)).toBe(false);
    expect((await fixture.browser().get(fixture.ask(app).url)).status).toBe(400);
  });

  test('does not end with other sessions', async () => {
    const { access_token } = await fixture.grant(app, reader);
    await mutate('endOtherSessions', null, 'endedCount');
    expect(await isLive(access_token)).toBe(true);
  });

  test('needs a password that did not change on the way', async () => {
    const browser = fixture.browser();
    const { page, response } = await browser.logIn(fixture.ask(app), reader);
    await mutate('changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, `changed ${ERRORS}`);
    const allowed = await browser.post(page, {
      step: 'consent',
      decision: 'allow',
      proof: hiddenOf(response, 'proof'),
    });
    expect(allowed.status).toBe(200);
    expect(allowed.body).toContain('has just changed');
    expect(await authorizedApps(reader)).toEqual([]);
  });

  /** @returns a recovery code */
  const enableTwoFactor = async (): Promise<string> => {
    type Started = { secret: string; errors: Errors };
    const start = { password: PASSWORD };
    const { secret } = await fixture.mutate<Started>('startTwoFactorSetup', start, `secret ${ERRORS}`, reader.viewer);
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    const { recoveryCodes } = await fixture.mutate<{ recoveryCodes: string[] }>(
      'enableTwoFactor',
      { code },
      `recoveryCodes ${ERRORS}`,
      reader.viewer,
    );
    return recoveryCodes[0]!;
  };

  test('needs the second factor of an account that has one', async () => {
    const code = await enableTwoFactor();
    const browser = fixture.browser();
    const { page, response } = await browser.logIn(fixture.ask(app), reader);
    expect(response.body).not.toContain('name="proof"');
    const challenge = hiddenOf(response, 'challenge');
    const wrong = await browser.post(page, { step: 'code', challenge, code: '000000' });
    expect(wrong.body).toContain('Wrong code');
    const right = await browser.post(page, { step: 'code', challenge, code });
    const decision = { step: 'consent', decision: 'allow', proof: hiddenOf(right, 'proof') };
    const answered = await browser.follow(await browser.post(page, decision));
    expect(answered.searchParams.get('code')).not.toBeNull();
    const again = await browser.post(page, { step: 'code', challenge, code });
    expect(again.body).not.toContain('name="proof"');
  });
});
