import { parseGlobalId } from '@tintype/ids';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from './account.fixture.ts';
import {
  type App,
  type AuthorizationFixture,
  headerOf,
  hiddenOf,
  ISSUER,
  REDIRECT_URI,
  startAuthorizationFixture,
} from './authorization.fixture.ts';

let fixture: AuthorizationFixture;
let developer: Account;
let reader: Account;
let app: App;
beforeAll(async () => {
  fixture = await startAuthorizationFixture();
  [developer, reader] = [await fixture.register(), await fixture.register()];
  app = await fixture.createApp(developer);
});
afterAll(() => fixture?.close());

/** Whether tokens of this access token's grant still work. */
const isLive = async (token: string) => (await fixture.access(token)) !== null;

/** How many grants there are to an app. */
const grantsTo = async ({ id }: App) => {
  const { pool } = fixture.environment.database;
  return (await pool.query('SELECT FROM "user".app_grant WHERE app_id = $1', [parseGlobalId('App', id)])).rowCount;
};

describe('an authorization', () => {
  test('gives an app the tokens of a person who allows it', async () => {
    const asked = fixture.ask(app, { nonce: 'n1' });
    const answered = await fixture.browser().allow(asked, reader);
    expect(answered.origin + answered.pathname).toBe(REDIRECT_URI);
    expect(Object.fromEntries(answered.searchParams)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a state',
      iss: ISSUER,
    });
    const tokens = await fixture.exchange(app, answered.searchParams.get('code')!, asked);
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'openid profile read write:posts' });
    expect(await fixture.access(tokens.access_token)).toEqual({
      userId: String(reader.viewer.userId),
      grantId: expect.stringMatching(/^\d+$/),
      scopes: ['openid', 'profile', 'read', 'write:posts'],
    });

    const { jwks } = await fixture.graph.askAs<{ jwks: string }>('gateway', 'user', null, '{ jwks }');
    const keys = createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet);
    const sub = `User_${reader.viewer.userId}`;
    const { payload } = await jwtVerify(tokens.id_token!, keys, { issuer: ISSUER, audience: app.id });
    expect(payload).toMatchObject({ sub, nonce: 'n1' });
    const userinfo = await fixture.send({
      method: 'GET',
      path: '/oauth/userinfo',
      headers: [{ name: 'authorization', value: `Bearer ${tokens.access_token}` }],
    });
    expect(JSON.parse(userinfo.body)).toEqual({ sub, preferred_username: reader.username, name: reader.username });
  });

  test('of a public app needs no secret', async () => {
    const native = await fixture.createApp(developer, {
      isConfidential: false,
      redirectUris: ['com.example.printer:/callback', 'http://127.0.0.1/callback'],
    });
    expect(native.secret).toBeNull();
    for (const redirect_uri of ['com.example.printer:/callback', 'http://127.0.0.1:50123/callback']) {
      const asked = fixture.ask(native, { redirect_uri });
      const answered = await fixture.browser().allow(asked, reader);
      expect(answered.href.startsWith(redirect_uri)).toBe(true);
      const tokens = await fixture.exchange(native, answered.searchParams.get('code')!, asked, { redirect_uri });
      expect(await isLive(tokens.access_token)).toBe(true);
    }
  });

  test('that the person does not allow gives nothing', async () => {
    const browser = fixture.browser();
    const { page } = await browser.logIn(fixture.ask(app), reader);
    const answered = await browser.follow(await browser.post(page, { step: 'consent', decision: 'deny' }));
    expect(answered.searchParams.get('error')).toBe('access_denied');
    expect(answered.searchParams.get('code')).toBeNull();
  });

  test.each([
    ['without a challenge', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
    ['for an ID token', { response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type'],
    ['without asking the person', { prompt: 'none' }, 'login_required'],
  ])('%s is refused', async (_, more, error) => {
    const answered = await fixture.browser().follow(await fixture.browser().get(fixture.ask(app, more).url));
    expect(answered.href.startsWith(`${REDIRECT_URI}`)).toBe(true);
    const parameters = new URLSearchParams(answered.search || answered.hash.slice(1));
    expect(parameters.get('error')).toBe(error);
    expect(parameters.get('code')).toBeNull();
  });

  test('with only scopes that do not exist is refused', async () => {
    const browser = fixture.browser();
    const page = headerOf(await browser.get(fixture.ask(app, { scope: 'admin everything' }).url), 'location')!;
    const answered = await browser.follow(await browser.get(page));
    expect(answered.searchParams.get('error')).toBe('invalid_scope');
  });

  test.each([
    'https://printer.example/other',
    'https://printer.example/callback/',
    'https://printer.example/callback?more=1',
    'https://printer.example.attacker.example/callback',
    'https://attacker.example/callback',
    'http://printer.example/callback',
    'https://printer.example:8443/callback',
    'https://user@printer.example/callback',
    'javascript:alert(1)',
    '//attacker.example',
    null,
  ])('to %s sends the browser nowhere', async (redirect_uri) => {
    const response = await fixture.browser().get(fixture.ask(app, { redirect_uri }).url);
    expect([response.status, headerOf(response, 'location')]).toEqual([400, undefined]);
    expect(response.body).toContain('<p role="alert">');
    expect(headerOf(response, 'content-security-policy')).toContain("default-src 'none'");
  });

  test.each(['App_1', 'App_x', '', '1'])('of an unknown app %j sends the browser nowhere', async (id) => {
    const response = await fixture.browser().get(fixture.ask({ id, secret: null }).url);
    expect([response.status, headerOf(response, 'location')]).toEqual([400, undefined]);
  });
});

describe('the pages', () => {
  test('cannot be framed, cached or used to run scripts, and escape what apps write', async () => {
    const evil = await fixture.createApp(developer, {
      name: '<script>alert(1)</script>"',
      website: 'https://x.example/"><b>',
    });
    const browser = fixture.browser();
    const { page, response } = await browser.logIn(fixture.ask(evil), reader);
    for (const shown of [await browser.get(page), response]) {
      expect(shown.status).toBe(200);
      expect(shown.body).not.toMatch(/<script>|<b>/);
      expect(headerOf(shown, 'cache-control')).toBe('no-store');
      const policy = headerOf(shown, 'content-security-policy')!;
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self' https://printer.example"])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/script-src [^;]/);
    }
    expect(response.body).toContain(`logged in as ${reader.username}`);
  });

  test('are in the language of the browser, and after the login in that of the account', async () => {
    const german = await fixture.register({ username: 'german' }, { language: 'de' });
    const shown = async (language: string, account: Account, password?: string) => {
      const { response } = await fixture.browser(language).logIn(fixture.ask(app), account, password);
      return [headerOf(response, 'content-language'), /<html lang="(\w+)"/.exec(response.body)?.[1], response.body];
    };
    const [header, attribute, body] = await shown('de-AT, en;q=0.5', german, 'a wrong enough phrase');
    expect([header, attribute]).toEqual(['de', 'de']);
    expect(body).toContain('Profilname, E-Mail-Adresse oder Passwort stimmt nicht.');
    expect(await shown('en', german)).toEqual(['de', 'de', expect.stringContaining('Du bist als german angemeldet.')]);
    expect(await shown('de', reader)).toEqual(['en', 'en', expect.stringContaining('You are logged in as')]);
  });

  test('of errors are in the language of the browser, except for what is meant for developers', async () => {
    const browser = fixture.browser('de');
    const old = await browser.get('/oauth/interaction/none');
    expect(old.body).toContain('<html lang="de" dir="ltr">');
    expect(old.body).toContain('Diese Seite ist abgelaufen');
    const wrong = await browser.get(fixture.ask(app, { redirect_uri: 'https://attacker.example' }).url);
    expect(wrong.body).toContain('<html lang="de" dir="ltr">');
    expect(wrong.body).toContain('<p role="alert" lang="en" dir="ltr">invalid_redirect_uri');
  });

  test('accept no form of another site', async () => {
    const browser = fixture.browser();
    const { page, response } = await browser.logIn(fixture.ask(app), reader);
    const fields = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };
    for (const value of ['cross-site', 'same-site', 'none']) {
      const refused = await browser.post(page, fields, [{ name: 'sec-fetch-site', value }]);
      expect([refused.status, headerOf(refused, 'location')]).toEqual([403, undefined]);
    }
  });

  test('set cookies that scripts, other sites and plain HTTP do not get', async () => {
    const { headers } = await fixture.browser().get(fixture.ask(app).url);
    const cookies = headers.filter(({ name }) => name === 'set-cookie').map(({ value }) => value.toLowerCase());
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      const attributes = cookie.split('; ').slice(1);
      expect(attributes).toEqual(expect.arrayContaining(['secure', 'httponly', 'samesite=lax']));
      expect(attributes.filter((one) => one.startsWith('domain='))).toEqual([]);
    }
    expect(cookies.filter((cookie) => !/^__(host|secure)-/.test(cookie))).toEqual([]);
  });

  test.each([
    [ISSUER, '__Host-', '__Secure-'],
    ['http://127.0.0.1:4000', '', ''],
  ])('at %s have cookies whose names browsers protect, if they can', async (publicUrl, host, secure) => {
    const own = publicUrl === ISSUER ? null : await startAuthorizationFixture(undefined, publicUrl);
    const { createApp, register, browser: open, ask } = own ?? fixture;
    try {
      const [client, browser] = [await createApp(await register()), open()];
      expect((await browser.allow(ask(client), await register())).searchParams.get('code')).not.toBeNull();
      const paths = new Map<string, Set<string>>();
      for (const cookie of browser.setCookies) {
        const [, name, path] = /^([^=]+?)(?:\.sig)?=.*?; path=([^;]*)/.exec(cookie)!;
        paths.set(name!, (paths.get(name!) ?? new Set()).add(path!));
      }
      expect([...paths.keys()].toSorted()).toEqual(
        [
          `${host}authorization_session`,
          `${secure}authorization_interaction`,
          `${secure}authorization_resume`,
        ].toSorted(),
      );
      expect([...paths.get(`${host}authorization_session`)!]).toEqual(['/']);
    } finally {
      await own?.close();
    }
  });

  test('of a request belong to the browser that made it', async () => {
    const [mine, theirs] = [fixture.browser(), fixture.browser()];
    const { page, response } = await mine.logIn(fixture.ask(app), reader);
    const fields = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };
    for (const refused of [await theirs.get(page), await theirs.post(page, fields)]) {
      expect([refused.status, headerOf(refused, 'location')]).toEqual([400, undefined]);
    }
    // Another request of the same browser is another decision.
    const other = headerOf(await theirs.get(fixture.ask(app).url), 'location')!;
    for (const proof of [fields.proof, '', 'AAAA', fields.proof.slice(0, -4)]) {
      const shown = await theirs.post(other, { ...fields, proof });
      expect([shown.status, headerOf(shown, 'location')]).toEqual([200, undefined]);
      expect(shown.body).toContain('name="password"');
    }
    const mixed = await theirs.post(page, fields);
    expect(headerOf(mixed, 'location')).toBeUndefined();
  });

  test('keep nobody logged in', async () => {
    const browser = fixture.browser();
    await browser.allow(fixture.ask(app), reader);
    const again = headerOf(await browser.get(fixture.ask(app).url), 'location')!;
    expect((await browser.get(again)).body).toContain('name="password"');
    await expect(browser.allow(fixture.ask(app), developer)).resolves.toMatchObject({
      origin: 'https://printer.example',
    });
  });

  test('show a wrong password, without saying which accounts exist', async () => {
    const alert = async (account: Account) => {
      const { response } = await fixture.browser().logIn(fixture.ask(app), account, 'a wrong phrase');
      return /<p role="alert">(.*)<\/p>/.exec(response.body)![1];
    };
    expect(await alert(reader)).toBe(await alert({ ...reader, username: 'nobody' }));
  });
});

describe('a code', () => {
  const codeOf = async (asked = fixture.ask(app)) => {
    const answered = await fixture.browser().allow(asked, reader);
    return { asked, code: answered.searchParams.get('code')! };
  };

  test.each([
    ['with another verifier', { code_verifier: 'x'.repeat(43) }],
    ['without a verifier', { code_verifier: '' }],
    ['with another address', { redirect_uri: 'https://printer.example/other' }],
  ])('%s gives no tokens', async (_, more) => {
    const { asked, code } = await codeOf();
    const refused = await fixture.exchange(app, code, asked, more);
    expect(refused).toMatchObject({ status: 400, error: expect.stringMatching(/^invalid_(grant|request)$/) });
    expect(refused.access_token).toBeUndefined();
  });

  test('gives another app no tokens', async () => {
    const { asked, code } = await codeOf();
    const other = await fixture.createApp(developer);
    expect(await fixture.exchange(other, code, asked)).toMatchObject({ error: 'invalid_grant' });
    expect(await fixture.exchange({ ...app, secret: null }, code, asked)).toMatchObject({ error: 'invalid_client' });
    expect(await fixture.exchange({ ...app, secret: 'wrong' }, code, asked)).toMatchObject({ error: 'invalid_client' });
    expect((await fixture.exchange(app, code, asked)).access_token).toBeDefined();
  });

  test('that is used twice ends the grant', async () => {
    const { asked, code } = await codeOf();
    const tokens = await fixture.exchange(app, code, asked);
    expect(await isLive(tokens.access_token)).toBe(true);
    expect(await fixture.exchange(app, code, asked)).toMatchObject({ error: 'invalid_grant' });
    expect(await isLive(tokens.access_token)).toBe(false);
    expect(await fixture.refresh(app, tokens.refresh_token)).toMatchObject({ error: 'invalid_grant' });
  });

  test('that is used many times at once gives tokens at most once, and they do not work', async () => {
    const own = await fixture.createApp(developer);
    const { asked, code } = await codeOf(fixture.ask(own));
    expect(await grantsTo(own)).toBe(1);
    const answers = await Promise.all(Array.from({ length: 6 }, () => fixture.exchange(own, code, asked)));
    expect(await grantsTo(own)).toBe(0);
    const given = answers.filter(({ access_token }) => access_token !== undefined);
    expect(given.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ error }) => error === 'invalid_grant')).toHaveLength(6 - given.length);
    for (const { access_token, refresh_token } of given) {
      expect(await isLive(access_token)).toBe(false);
      expect(await fixture.refresh(own, refresh_token)).toMatchObject({ error: 'invalid_grant' });
    }
  });
});

describe('a refresh token', () => {
  test('is exchanged for a new one', async () => {
    const first = await fixture.grant(app, reader);
    const second = await fixture.refresh(app, first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await isLive(second.access_token)).toBe(true);
  });

  test.each([1, 2, 3])('that is used again after %d others ends the grant', async (depth) => {
    const first = await fixture.grant(app, reader);
    let last = first;
    for (let turn = 0; turn < depth; turn++) last = await fixture.refresh(app, last.refresh_token);
    expect(await isLive(last.access_token)).toBe(true);
    expect(await fixture.refresh(app, first.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await isLive(last.access_token)).toBe(false);
    expect(await fixture.refresh(app, last.refresh_token)).toMatchObject({ error: 'invalid_grant' });
  });

  test('that is used many times at once ends the grant', async () => {
    const own = await fixture.createApp(developer);
    const { access_token, refresh_token } = await fixture.grant(own, reader);
    expect(await grantsTo(own)).toBe(1);
    const answers = await Promise.all(Array.from({ length: 6 }, () => fixture.refresh(own, refresh_token)));
    expect(await grantsTo(own)).toBe(0);
    const given = answers.flatMap((answer) => answer.access_token ?? []);
    expect(answers.filter(({ error }) => error === 'invalid_grant')).toHaveLength(6 - given.length);
    for (const token of [access_token, ...given]) expect(await isLive(token)).toBe(false);
  });

  test('gives fewer scopes, but never more', async () => {
    const tokens = await fixture.grant(app, reader, 'openid read');
    const more = await fixture.refresh(app, tokens.refresh_token, { scope: 'openid read write:posts' });
    expect(more).toMatchObject({ status: 400, error: 'invalid_scope' });
    const fewer = await fixture.refresh(app, tokens.refresh_token, { scope: 'read' });
    expect((await fixture.access(fewer.access_token))!.scopes).toEqual(['read']);
  });

  test('is useless to another app', async () => {
    const { refresh_token, access_token } = await fixture.grant(app, reader);
    const other = await fixture.createApp(developer);
    expect(await fixture.refresh(other, refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await isLive(access_token)).toBe(true);
  });

  test('is one of at most 100 that a grant keeps', async () => {
    const first = await fixture.grant(app, reader);
    let newest = first;
    const used: string[] = [];
    for (let count = 0; count < 105; count++) {
      used.push(newest.refresh_token);
      newest = await fixture.refresh(app, newest.refresh_token);
    }
    const { grantId } = (await fixture.access(newest.access_token))!;
    const { rows } = await fixture.environment.database.pool.query<{ kind: string; count: number }>(
      'SELECT kind, count(*)::int AS count FROM "user".app_token WHERE grant_id = $1 GROUP BY kind',
      [grantId],
    );
    expect(rows.filter(({ count }) => count > 100)).toEqual([]);
    expect(await fixture.refresh(app, used[0]!)).toMatchObject({ error: 'invalid_grant' });
    expect(await isLive(newest.access_token)).toBe(true);
    expect(await fixture.refresh(app, used.at(-1)!)).toMatchObject({ error: 'invalid_grant' });
    expect(await isLive(newest.access_token)).toBe(false);
  });
});

describe('a page in a browser', () => {
  const PAGE = 'https://printer.example';
  const NATIVE = ['com.example.printer:/callback', 'http://127.0.0.1/callback'];
  test.each([
    [PAGE, { isConfidential: false }, PAGE],
    ['https://attacker.example', { isConfidential: false }, undefined],
    ['null', { isConfidential: false }, undefined],
    [PAGE, { isConfidential: true }, undefined],
    ['null', { isConfidential: false, redirectUris: NATIVE }, undefined],
    ['com.example.printer:', { isConfidential: false, redirectUris: NATIVE }, undefined],
    ['http://127.0.0.1', { isConfidential: false, redirectUris: NATIVE }, 'http://127.0.0.1'],
  ])('at %s can read the tokens of an app with %j only if the app is that page', async (origin, more, allowed) => {
    const { id, secret } = await fixture.createApp(developer, more);
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: id,
      ...(secret && { client_secret: secret }),
    };
    const response = await fixture.send({
      method: 'POST',
      path: '/oauth/token',
      headers: [
        { name: 'origin', value: origin },
        { name: 'content-type', value: 'application/x-www-form-urlencoded' },
      ],
      body: new URLSearchParams(fields).toString(),
    });
    const error = allowed ? 'invalid_grant' : 'invalid_request';
    expect([response.status, JSON.parse(response.body)]).toMatchObject([400, { error }]);
    expect(headerOf(response, 'access-control-allow-origin')).toBe(allowed);
  });
});

describe('introspection and revocation', () => {
  type Introspection = { active: boolean; scope?: string; sub?: string; client_id?: string };

  test('tell an app about its own tokens', async () => {
    const { access_token, refresh_token } = await fixture.grant(app, reader);
    for (const token of [access_token, refresh_token]) {
      expect(await fixture.call<Introspection>('/oauth/introspect', app, { token })).toMatchObject({
        active: true,
        scope: 'openid profile read write:posts',
        sub: `User_${reader.viewer.userId}`,
        client_id: app.id,
      });
    }
    await fixture.call('/oauth/revoke', app, { token: access_token });
    expect(await isLive(access_token)).toBe(false);
    for (const token of [access_token, refresh_token, 'unknown']) {
      expect(await fixture.call('/oauth/introspect', app, { token })).toEqual({ status: 200, active: false });
    }
  });

  test('tell another app nothing, and it cannot revoke them', async () => {
    const { access_token } = await fixture.grant(app, reader);
    for (const isConfidential of [true, false]) {
      const other = await fixture.createApp(developer, { isConfidential });
      const introspected = await fixture.call('/oauth/introspect', other, { token: access_token });
      expect(introspected).toEqual({ status: 200, active: false });
      await fixture.call('/oauth/revoke', other, { token: access_token });
      expect(await isLive(access_token)).toBe(true);
    }
  });
});

describe('nothing that was stored', () => {
  test('has a token or a secret in it', async () => {
    const tokens = await fixture.grant(app, reader);
    const { pool } = fixture.environment.database;
    for (const table of ['app', 'app_grant', 'app_token']) {
      const { rows } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM "user".${table} t`);
      const text = rows.map((row) => row.text).join('\n');
      for (const secret of [tokens.access_token, tokens.refresh_token, app.secret!]) expect(text).not.toContain(secret);
    }
  });
});
