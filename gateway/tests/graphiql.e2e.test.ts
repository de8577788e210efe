import { CHROMIUM_FLAGS, ensureChromium } from '@tintype/local';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LiveGateway, startLiveGateway } from './stub/live.ts';
import { type OwnRedis, startOwnRedis } from './stub/redis.ts';

let redis: OwnRedis;
let gateway: LiveGateway;
let browser: Browser;
let page: Page;
/** Requested addresses, and errors of the browser. */
let asked: string[];
let complaints: string[];

beforeAll(async () => {
  redis = await startOwnRedis();
  gateway = await startLiveGateway({ redis, parts: { demo: { identifier: 'demo', password: 'demo-password' } } });
  browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
});

afterAll(async () => {
  await browser?.close();
  await gateway?.close();
  await redis?.close();
});

beforeEach(async () => {
  await page?.context().close();
  // A new context, so that GraphiQL has stored nothing in the browser yet.
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  asked = [];
  complaints = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(gateway.url);
  await page.locator('.graphiql-query-editor .monaco-editor').first().waitFor();
});

/** Replaces the text in the query editor, and waits until GraphiQL knows the operation by its name. */
async function write(name: string, query: string): Promise<void> {
  await page.locator('.graphiql-query-editor .monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(query);
  await page.getByRole('tab', { name }).waitFor();
}

async function run(): Promise<void> {
  await page.getByRole('button', { name: /execute query/i }).click();
}

const result = () => page.locator('.graphiql-response').innerText();

describe('GraphiQL', () => {
  it('runs a query and shows its result, with our own files only', async () => {
    await write('Ada', 'query Ada { user(username: "ada") { id username } }');
    await run();
    await expect.poll(result).toMatch(/"username":\s*"ada"/);
    const hosts = new Set(asked.filter((url) => /^(https?|wss?):/.test(url)).map((url) => new URL(url).origin));
    expect([...hosts]).toEqual([gateway.url]);
    expect(complaints).toEqual([]);
  });

  it('shows the descriptions of the schema', async () => {
    await page.getByRole('button', { name: /documentation explorer/i }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs
      .getByRole('link', { name: 'Query' })
      .or(docs.getByText('Query', { exact: true }))
      .first()
      .click();
    await expect.poll(() => docs.innerText()).toContain('The account that is logged in');
  });

  it('has the example operations as tabs', async () => {
    await expect
      .poll(() => page.getByRole('tab').allInnerTexts())
      .toEqual(expect.arrayContaining(['Me', 'HomeFeed', 'Profile', 'LogIn', 'CreatePost']));
  });

  it('sends the token of its box, and gets one from the demo account', async () => {
    await write('Mine', 'query Mine { me { username } }');
    await run();
    await expect.poll(result).toMatch(/"me":\s*null/);
    await page.getByLabel('Access token').fill(await gateway.tokens.sign());
    await run();
    await expect.poll(result).toMatch(/"username":\s*"me"/);
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByRole('button', { name: 'Log in as demo' }).click();
    await expect.poll(() => page.getByLabel('Access token').inputValue()).toBe('token');
  });

  it('is shown to browsers that open /graphql, and not to programs', async () => {
    await page.goto(`${gateway.url}/graphql`);
    expect(new URL(page.url()).pathname).toBe('/graphiql');
    const asked = await fetch(`${gateway.url}/graphql`, { redirect: 'manual' });
    expect(asked.status).toBe(400);
  });

  it('listens to a subscription and shows its events', async () => {
    await page.getByLabel('Access token').fill(await gateway.tokens.sign());
    await write('Added', 'subscription Added { notificationAdded { text } }');
    await run();
    await page.getByRole('button', { name: /stop/i }).waitFor({ timeout: 15_000 });
    await expect
      .poll(
        async () => {
          await gateway.notifications.change({ id: '1', text: 'somebody followed you' });
          return result();
        },
        { interval: 1_000 },
      )
      .toMatch(/somebody\sfollowed\syou/);
    await page.getByRole('button', { name: /stop/i }).click();
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has a token box of the theme: %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const colours: string[] = await page.evaluate(
      `(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.querySelector('.token-bar input')))`,
    );
    const [box, text] = colours.map((colour) => {
      const parts = (colour.match(/[0-9.]+/g) ?? []).slice(0, 3).map(Number);
      return parts.reduce((sum, part) => sum + part, 0) / 3;
    });
    expect(box! > 128).toBe(colorScheme === 'light');
    expect(Math.abs(box! - text!)).toBeGreaterThan(120);
  });

  it('can be used on a screen of 420 pixels', async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    const widths: number[] = await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(widths[0]).toBe(widths[1]);
    for (const part of ['.graphiql-query-editor', '.graphiql-response']) {
      const box = (await page.locator(part).boundingBox())!;
      expect(box.width, part).toBeGreaterThan(280);
      expect(box.x + box.width, part).toBeLessThanOrEqual(420);
    }
    await write('Ada', 'query Ada { user(username: "ada") { id username } }');
    await run();
    await expect.poll(result).toMatch(/"username":\s*"ada"/);
  });
});
