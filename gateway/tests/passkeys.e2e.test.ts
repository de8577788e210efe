import { CHROMIUM_FLAGS, ensureChromium, freePort } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { createMailbox, type Mailbox } from '@tintype/testing';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

/** An authenticator of the browser's own, which verifies its user at once. */
const AUTHENTICATOR = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

describe.each(SHAPES)('passkeys in a browser, %s', (shape) => {
  let mailbox: Mailbox;
  let platform: TestPlatform;
  let browser: Browser;
  let url: string;
  let person: Person;
  let page: Page;
  let devtools: CDPSession;
  let authenticatorId: string;
  let complaints: string[];

  beforeAll(async () => {
    mailbox = await createMailbox();
    const port = await freePort();
    url = `http://localhost:${port}`;
    platform = await startTestPlatform(shape, { ...mailbox.env, PORT: String(port), PUBLIC_URL: url });
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    await mailbox?.close();
  });
  beforeEach(async () => {
    person = await register(platform.client, 'holder');
    const { emailAddress } = await person.client.request(operations.EmailAddressDocument, {});
    const { token } = await mailbox.received(emailAddress!.address, /Verify/);
    await person.client.request(operations.VerifyEmailDocument, { input: { token: token! } });
    page = await browser.newPage();
    complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    ({ authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options: AUTHENTICATOR }));
  });
  afterEach(() => page.close());

  const shown = (role: 'alert' | 'status') => page.getByRole(role).textContent();
  const logInWithPassword = async () => {
    await page.goto(`${url}/passkeys`);
    await page.getByLabel('Username').fill(person.username);
    await page.locator('#visitor').getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByText(`@${person.username}`).waitFor();
  };
  const add = async (name: string, password = PASSWORD) => {
    await page.locator('#viewer').getByLabel('Password').fill(password);
    await page.getByLabel('Name of the new passkey').fill(name);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
  };

  test('a person adds one, logs in with it alone, confirms with it, and deletes it', async () => {
    await logInWithPassword();
    await add('My laptop', 'a wrong phrase');
    await expect.poll(() => shown('alert')).toBe('Wrong password.');
    await add('My laptop');
    await expect.poll(() => shown('status')).toBe('The passkey is added.');
    // An authenticator makes one passkey for an account.
    await add('My laptop again');
    await expect.poll(() => shown('alert')).not.toBe('');
    await page.getByRole('button', { name: 'Log out' }).click();

    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await page.getByText(`@${person.username}`).waitFor();
    await expect.poll(() => page.getByRole('listitem').textContent()).toContain('My laptop, last used');
    const { sessions } = await person.client.request(operations.SessionsDocument, {});
    expect(sessions!.edges).toHaveLength(2);

    // Another authenticator, and the first one instead of the password.
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }]);
    await page.getByRole('button', { name: 'Delete My laptop' }).click();
    await expect.poll(() => shown('status')).toBe('The passkey is deleted.');
    expect((await person.client.request(operations.PasskeysDocument, {})).passkeys).toEqual([]);

    await page.reload();
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await expect.poll(() => shown('alert')).toMatch(/did not work/);
    expect(complaints).toEqual([]);
  });

  test('is no way in if its user cannot be verified', async () => {
    await logInWithPassword();
    await add('My key');
    await expect.poll(() => shown('status')).toBe('The passkey is added.');
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.reload();
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await expect.poll(() => shown('alert')).not.toBe('');
    expect(await page.locator('#viewer').isVisible()).toBe(false);
  });

  test('is not offered on pages of another host', async () => {
    await page.goto(`${url.replace('localhost', '127.0.0.1')}/passkeys`);
    await page.getByRole('button', { name: 'Log in with a passkey' }).click();
    await expect.poll(() => shown('alert')).toContain('pages of localhost only');
  });
});
