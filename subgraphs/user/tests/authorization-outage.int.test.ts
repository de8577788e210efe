import { createFreezable, eventually, type Freezable, sharedAddresses } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Account } from './account.fixture.ts';
import {
  type App,
  type AuthorizationFixture,
  headerOf,
  hiddenOf,
  startAuthorizationFixture,
} from './authorization.fixture.ts';

let redis: Freezable;
let fixture: AuthorizationFixture;
let reader: Account;
let app: App;
beforeAll(async () => {
  const addresses = sharedAddresses();
  redis = await createFreezable(addresses.REDIS_URL!);
  fixture = await startAuthorizationFixture({ ...addresses, REDIS_URL: redis.url });
  reader = await fixture.register();
  app = await fixture.createApp(reader);
});
afterAll(async () => {
  redis?.thaw();
  await fixture?.close();
  await redis?.close();
});

test('while Redis stands still, authorizations are refused in time, and tokens work and can be revoked', async () => {
  const browser = fixture.browser();
  const { page, response } = await browser.logIn(fixture.ask(app), reader);
  const fields = { step: 'consent', decision: 'allow', proof: hiddenOf(response, 'proof') };
  const tokens = await fixture.grant(app, reader);
  redis.freeze();
  try {
    const asked = await browser.get(fixture.ask(app).url);
    expect(new URL(headerOf(asked, 'location')!).searchParams.get('error')).toBe('temporarily_unavailable');
    for (const refused of [await browser.get(page), await browser.post(page, fields)]) {
      expect([refused.status, headerOf(refused, 'location')]).toEqual([503, undefined]);
      expect(refused.body).toContain('Try again in a moment.');
    }
    const refreshed = await fixture.refresh(app, tokens.refresh_token);
    expect(await fixture.access(refreshed.access_token)).not.toBeNull();
    await fixture.call('/oauth/revoke', app, { token: refreshed.access_token });
    expect(await fixture.access(refreshed.access_token)).toBeNull();
  } finally {
    redis.thaw();
  }
  // The request of the app has not been lost.
  await eventually(async () => expect((await browser.get(page)).status).toBe(200));
  expect((await browser.follow(await browser.post(page, fields))).searchParams.get('code')).not.toBeNull();
});
