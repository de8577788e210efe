import { CHROMIUM_FLAGS, ensureChromium, freePort } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { createIdentityProvider, createMailbox, type Mailbox, type TestIdentityProvider } from '@tintype/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('an identity provider, %s', (shape) => {
  let provider: TestIdentityProvider;
  let mailbox: Mailbox;
  let platform: TestPlatform;
  let browser: Browser;
  let callback: string;

  beforeAll(async () => {
    mailbox = await createMailbox();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // Whatever is there: an app would have a page of its own.
    callback = `${url}/healthz`;
    provider = await createIdentityProvider([callback]);
    platform = await startTestPlatform(shape, {
      ...mailbox.env,
      ...provider.env,
      PORT: String(port),
      PUBLIC_URL: url,
    });
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    await provider?.close();
    await mailbox?.close();
  });

  /** Somebody logs in on the page of the provider. @returns the URL to which it sends their browser */
  const visit = async (url: string, login: string): Promise<string> => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${callback}?*`);
    const returned = page.url();
    await page.close();
    return returned;
  };

  test('lets people in whom the platform has never seen, and those who linked their account', async () => {
    const { client } = platform;
    const { identityProviders } = await client.request(operations.IdentityProvidersDocument, {});
    expect(identityProviders).toEqual([{ key: 'example', name: 'Example', redirectUris: [callback] }]);
    const logIn = async (login: string) => {
      const input = { provider: identityProviders![0]!.key };
      const { startProviderLogIn } = await client.request(operations.StartProviderLogInDocument, { input });
      const { url, flow } = startProviderLogIn!;
      const callbackUrl = await visit(url!, login);
      return (await client.request(operations.LogInWithProviderDocument, { input: { flow: flow!, callbackUrl } }))
        .logInWithProvider!;
    };

    provider.accounts.set('new', { email: 'new@example.net', email_verified: true, name: 'Newcomer' });
    const { signUp } = await logIn('new');
    const { createAccountWithProvider } = await client.request(operations.CreateAccountWithProviderDocument, {
      input: { signUp: signUp!.token, username: 'newcomer', displayName: signUp!.displayName },
    });
    expect(createAccountWithProvider).toMatchObject({ user: { username: 'newcomer' }, errors: [] });
    const { accessToken } = await logIn('new');
    const { me } = await client.as(accessToken!).request(operations.MeDocument, {});
    expect(me).toMatchObject({ username: 'newcomer', displayName: 'Newcomer' });

    const person = await register(client, 'holder');
    const { emailAddress } = await person.client.request(operations.EmailAddressDocument, {});
    const { token } = await mailbox.received(emailAddress!.address, /Verify/);
    await person.client.request(operations.VerifyEmailDocument, { input: { token: token! } });
    provider.accounts.set('known', {});
    const { startIdentityLink } = await person.client.request(operations.StartIdentityLinkDocument, {
      input: { provider: 'example', password: PASSWORD },
    });
    const { url, flow } = startIdentityLink!;
    const callbackUrl = await visit(url!, 'known');
    const { linkIdentity } = await person.client.request(operations.LinkIdentityDocument, {
      input: { flow: flow!, callbackUrl },
    });
    expect(linkIdentity).toMatchObject({ linkedIdentity: { provider: { name: 'Example' } }, errors: [] });
    expect(await logIn('known')).toMatchObject({ user: { id: person.id }, challenge: null, errors: [] });
    const { linkedIdentities } = await person.client.request(operations.LinkedIdentitiesDocument, {});
    const { unlinkIdentity } = await person.client.request(operations.UnlinkIdentityDocument, {
      input: { linkedIdentityId: linkedIdentities![0]!.id, password: PASSWORD },
    });
    expect(unlinkIdentity).toEqual({ unlinked: true, errors: [] });
    expect((await logIn('known')).user).toBeNull();
  }, 240_000);
});
