import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHROMIUM_FLAGS, ensureChromium, freePort } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import * as client from 'openid-client';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('an app of a third party, %s', (shape) => {
  let platform: TestPlatform;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  /** The app's own server, which shows that it got the answer. */
  let server: Server;
  let redirectUri: string;
  let developer: Person;
  let reader: Person;
  let configuration: client.Configuration;

  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    platform = await startTestPlatform(shape, { PORT: String(port), PUBLIC_URL: url });
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
    server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>Back</h1>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
    [developer, reader] = [await register(platform.client, 'developer'), await register(platform.client, 'reader')];
    const input = {
      name: 'Printer',
      website: 'https://printer.example',
      redirectUris: [redirectUri],
      isConfidential: true,
    };
    const { createApp } = await developer.client.request(operations.CreateAppDocument, { input });
    expect(createApp!.errors).toEqual([]);
    configuration = await client.discovery(new URL(url), createApp!.app!.id, createApp!.secret!, undefined, {
      execute: [client.allowInsecureRequests],
    });
  });
  afterAll(async () => {
    server?.close();
    await browser?.close();
    await platform?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ javaScriptEnabled: false });
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  /** A person walks through the pages in a browser without scripts. @returns where the browser arrives */
  const decide = async (scope: string, decision: 'Allow' | 'Do not allow') => {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    await page.goto(address.href);
    await page.getByLabel('Username or e-mail address').fill(reader.username);
    await page.getByLabel('Password').fill('a wrong phrase');
    await page.getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('Wrong username, e-mail address or password.');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    expect(await page.getByRole('heading').textContent()).toBe('Let Printer use your account?');
    expect(await page.getByRole('main').textContent()).toContain(`logged in as ${reader.username}`);
    expect(await page.getByRole('listitem').count()).toBe(scope.split(' ').length);
    await page.getByRole('button', { name: decision, exact: true }).click();
    await page.getByRole('heading', { name: 'Back' }).waitFor();
    return { address: new URL(page.url()), verifier, state };
  };
  const ask = async (token: string, query: string) => {
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    type Answer = { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
    return { status: response.status, headers: response.headers, ...((await response.json()) as Answer) };
  };
  const UPDATE = 'mutation { updateProfile(input: { bio: "by an app" }) { user { bio } } }';

  test('acts for a person who allows it, as far as they do, until they end it', async () => {
    const { address, verifier, state } = await decide('openid profile read write:profile', 'Allow');
    const tokens = await client.authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.claims()?.sub).toBe(reader.id);
    const info = await client.fetchUserInfo(configuration, tokens.access_token, reader.id);
    expect(info).toEqual({ sub: reader.id, preferred_username: reader.username, name: reader.username });

    const me = await ask(tokens.access_token, '{ me { id } emailAddress { address } }');
    expect(me.data).toEqual({ me: { id: reader.id }, emailAddress: null });
    expect(me.errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('read:account'),
        extensions: { code: 'INSUFFICIENT_SCOPE' },
      }),
    ]);
    for (const type of ['Notification', 'Collection', 'PushSubscription']) {
      const { data, errors } = await ask(
        tokens.access_token,
        `{ node(id: "${type}_1") { id } nodes(ids: ["${type}_1"]) { id } }`,
      );
      expect(data).toEqual({ node: null, nodes: [null] });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INSUFFICIENT_SCOPE', 'INSUFFICIENT_SCOPE']);
    }
    expect((await ask(tokens.access_token, UPDATE)).data).toEqual({ updateProfile: { user: { bio: 'by an app' } } });
    for (const query of [
      '{ sessions { edges { cursor } } }',
      '{ apps { edges { cursor } } }',
      'mutation { logOut { loggedOut } }',
    ]) {
      const { errors } = await ask(tokens.access_token, query);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INSUFFICIENT_SCOPE']);
    }

    const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token!);
    expect((await ask(refreshed.access_token, '{ me { id } }')).data).toEqual({ me: { id: reader.id } });
    const introspected = await client.tokenIntrospection(configuration, refreshed.access_token);
    expect(introspected).toMatchObject({ active: true, sub: reader.id, scope: 'openid profile read write:profile' });

    const { authorizedApps } = await reader.client.request(operations.AuthorizedAppsDocument, {});
    const [listed] = authorizedApps!.edges.map(({ node }) => node);
    expect(listed).toMatchObject({ name: 'Printer', scopes: ['openid', 'profile', 'read', 'write:profile'] });
    const { revokeApp } = await reader.client.request(operations.RevokeAppDocument, { input: { appId: listed!.id } });
    expect(revokeApp).toEqual({ revoked: true });
    const refused = await ask(refreshed.access_token, '{ me { id } }');
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    await expect(client.refreshTokenGrant(configuration, refreshed.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(complaints).toEqual([]);
  });

  test('gets nothing if the person does not allow it', async () => {
    const { address, verifier, state } = await decide('openid read', 'Do not allow');
    const exchanged = client.authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    await expect(exchanged).rejects.toMatchObject({ error: 'access_denied' });
  });

  test('that may only know who the person is cannot use the graph', async () => {
    const { address, verifier, state } = await decide('openid profile', 'Allow');
    const tokens = await client.authorizationCodeGrant(configuration, address, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    const refused = await ask(tokens.access_token, '{ me { id } }');
    expect([refused.status, refused.errors?.[0]?.extensions.code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="read"');
    const events = await fetch(`${platform.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.access_token}` },
      body: JSON.stringify({ query: 'subscription { notificationAdded { __typename } }' }),
    });
    expect(events.status).toBe(403);
  });
});
