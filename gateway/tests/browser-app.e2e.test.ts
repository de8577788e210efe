import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHROMIUM_FLAGS, ensureChromium } from '@tintype/local';
import type { TypedDocument } from '@tintype/schema/client';
import { CreatePostDocument, CreateUploadDocument, MeDocument, PostDocument } from '@tintype/schema/operations';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, type Person, photo, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

/** Serves an empty page: an app of its own origin. */
async function serveApp(): Promise<{ server: Server; origin: string }> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>an app'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const NOTIFICATIONS = 'subscription { notificationAdded { id text } }';

/** In the page: queries the graph like any client. Returns the name of the error if the browser hides the response. */
function ask<Data, Variables>(
  page: Page,
  { endpoint, token }: { endpoint: string; token: string },
  document: TypedDocument<Data, Variables>,
  variables: Variables,
): Promise<{ data: Data } | string> {
  return page.evaluate(
    ({ endpoint, token, body }) =>
      fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      }).then(
        (response) => response.json() as Promise<{ data: Data }>,
        (error: Error) => error.name,
      ),
    { endpoint, token, body: JSON.stringify({ query: document.toString(), variables }) },
  );
}

describe('an app in a browser', () => {
  let platform: TestPlatform;
  let browser: Browser;
  let ours: { server: Server; origin: string };
  let foreign: { server: Server; origin: string };
  let app: Page;
  let elsewhere: Page;
  let person: Person;
  beforeAll(async () => {
    [ours, foreign] = await Promise.all([serveApp(), serveApp()]);
    platform = await startTestPlatform('in one process', { CORS_ORIGINS: ours.origin });
    browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
    [app, elsewhere] = await Promise.all([browser.newPage(), browser.newPage()]);
    await Promise.all([app.goto(ours.origin), elsewhere.goto(foreign.origin)]);
    person = await register(platform.client, 'browser');
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.close();
    for (const one of [ours, foreign]) one?.server.close();
  });

  it('queries, uploads, posts and shows photos if its origin is allowed', async () => {
    const bytes = await photo();
    const graph = async <Data, Variables>(document: TypedDocument<Data, Variables>, variables: Variables) => {
      const answer = await ask(app, { endpoint: platform.endpoint, token: person.token }, document, variables);
      if (typeof answer === 'string') throw new Error(answer);
      return answer.data;
    };
    const files = [{ contentType: 'image/jpeg', byteSize: bytes.byteLength }];
    const { createUpload } = await graph(CreateUploadDocument, { input: { files, purpose: 'POST' } });
    const form = createUpload!.uploads[0]!;
    const status = await app.evaluate(
      async ({ form, file }) => {
        const body = new FormData();
        for (const { name, value } of form.fields) body.append(name, value);
        const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
        body.append('file', new Blob([bytes], { type: 'image/jpeg' }));
        return (await fetch(form.url, { method: 'POST', body })).status;
      },
      { form, file: bytes.toString('base64') },
    );
    expect(status).toBe(204);
    const input = { caption: 'from a browser', media: [{ uploadId: form.id, altText: 'blue' }] };
    const { createPost } = await graph(CreatePostDocument, { input });
    const find = async () => (await graph(PostDocument, { id: createPost!.post!.id })).post!;
    await expect.poll(async () => (await find()).state).toBe('PUBLISHED');
    const { url, width } = (await find()).media[0]!.standard!;
    const draw = `fetch(${JSON.stringify(url)}).then((answer) => answer.blob()).then(createImageBitmap).then(({ width }) => width)`;
    const drawn = await app.evaluate(draw);
    expect(drawn).toBe(width);
  });

  it('receives events', async () => {
    const follower = await register(platform.client, 'fan');
    const received = app.evaluate(
      async ({ url, token }) => {
        const response = await fetch(url, {
          headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        });
        const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
        let text = '';
        while (!text.includes('event: next')) {
          const { value, done } = await reader.read();
          if (done) break;
          text += value;
        }
        await reader.cancel();
        return text;
      },
      { url: `${platform.url}/events?${new URLSearchParams({ query: NOTIFICATIONS })}`, token: person.token },
    );
    await follow(follower, person);
    expect(await received).toContain(follower.username);
  });

  it('learns nothing if its origin is not allowed', async () => {
    const caller = { endpoint: platform.endpoint, token: person.token };
    expect(await ask(elsewhere, caller, MeDocument, {})).toBe('TypeError');
    expect(await ask(app, caller, MeDocument, {})).toMatchObject({ data: { me: { username: person.username } } });
  });
});
