import { CHROMIUM_FLAGS, ensureChromium } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { createMailbox, type Mailbox } from '@tintype/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

const PASSWORD = 'a long enough phrase';

describe.each(SHAPES)('the pages of links in mails, %s', (shape) => {
  let mailbox: Mailbox;
  let platform: TestPlatform;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    mailbox = await createMailbox();
    platform = await startTestPlatform(shape, mailbox.env);
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    await mailbox?.close();
  });
  /** Requests of the page, and errors of the browser. */
  let requested: string[];
  let complaints: string[];
  beforeEach(async () => {
    page = await browser.newPage();
    [requested, complaints] = [[], []];
    page.on('request', (request) => requested.push(`${request.method()} ${request.url()}`));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(() => page.close());

  const addressOf = async ({ client }: Person) =>
    (await client.request(operations.EmailAddressDocument, {})).emailAddress!;
  /** The link in the newest mail with this subject, with the port of this test's gateway. */
  const linkOf = async (email: string, subject: RegExp) => {
    const { pathname, hash } = new URL((await mailbox.received(email, subject)).link!);
    return `${platform.url}${pathname}${hash}`;
  };
  const shown = (role: 'alert' | 'status') => page.getByRole(role).textContent();

  test('a person verifies an address, and sets a new password', async () => {
    const person = await register(platform.client, 'reader');
    const { address } = await addressOf(person);
    await page.goto(await linkOf(address, /Verify/));
    expect((await addressOf(person)).verifiedAt).toBeNull();
    await page.getByRole('button', { name: 'Verify this address' }).click();
    await expect.poll(() => shown('status')).toMatch(/is verified/);
    expect((await addressOf(person)).verifiedAt).not.toBeNull();
    expect(page.url()).toBe(`${platform.url}/verify-email`);

    const input = { email: address };
    await platform.client.request(operations.RequestPasswordResetDocument, { input });
    await page.goto(await linkOf(address, /Reset/));
    expect(await page.getByLabel('Username').inputValue()).toBe(person.username);
    await page.getByLabel('New password').fill('password');
    await page.getByRole('button').click();
    await expect.poll(() => shown('alert')).toMatch(/hard to guess/);
    await page.getByLabel('New password').fill('quite another long phrase');
    await page.getByRole('button').click();
    await expect.poll(() => shown('status')).toMatch(/password is changed/);
    const credentials = { identifier: person.username, password: 'quite another long phrase' };
    const { logIn } = await platform.client.request(operations.LogInDocument, { input: credentials });
    expect(logIn!.errors).toEqual([]);
    await expect(person.client.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });
    expect(complaints).toEqual([]);
    // Nothing is loaded from other hosts, and no request has a token in its address.
    expect(requested.filter((line) => !line.includes(platform.url) || line.includes('token'))).toEqual([]);
  });

  test.each(['', '#', '#token=', '#other=1', '#token=%00', '#token=<script>alert(1)</script>'])(
    'a link that ends with %j leads to an explanation',
    async (hash) => {
      await page.goto(`${platform.url}/verify-email${hash}`);
      await page.getByRole('button').click();
      await expect.poll(() => shown('alert')).toMatch(/link/);
      expect(complaints).toEqual([]);
    },
  );

  test('a person who downloads their data learns that this reactivates their account', async () => {
    const person = await register(platform.client, 'leaving');
    await page.goto(`${platform.url}/data-export`);
    expect(await page.getByText('If your account is deactivated').isVisible()).toBe(true);
    const logIn = async () => {
      await page.getByLabel('Username').fill(person.username);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button').click();
      await expect.poll(() => shown('status')).toMatch(/no export/);
    };
    const reactivated = page.getByText('Your account was deactivated');
    await logIn();
    expect(await reactivated.isVisible()).toBe(false);
    await person.client.request(operations.DeactivateAccountDocument, { password: PASSWORD });
    await page.reload();
    await logIn();
    expect(await reactivated.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('sessions show which browser opened them', async () => {
    const person = await register(platform.client, 'browser');
    await page.goto(`${platform.url}/verify-email`);
    await page.evaluate(
      ({ username, password }) =>
        fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken } }',
            variables: { input: { identifier: username, password } },
          }),
        }),
      { username: person.username, password: PASSWORD },
    );
    const { sessions } = await person.client.request(operations.SessionsDocument, {});
    expect(sessions!.edges.map(({ node }) => node.device)).toEqual([
      expect.stringMatching(/Chrome.* on Linux/),
      'node',
    ]);
  });

  test('the pages cannot be framed, cached or used to run other scripts', async () => {
    for (const path of ['/verify-email', '/reset-password', '/data-export', '/passkeys']) {
      const response = await fetch(platform.url + path);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      const policy = response.headers.get('content-security-policy')!;
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "script-src 'sha256-"])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    }
  });
});
