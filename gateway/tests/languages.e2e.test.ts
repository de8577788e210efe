import * as operations from '@tintype/schema/operations';
import { createMailbox, eventually, type Mailbox } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PushService, startPushService } from '../../subgraphs/notification/tests/push-service.ts';
import { follow, PASSWORD, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

describe.each(SHAPES)('the platform writes to people in their language, %s', (shape) => {
  let mailbox: Mailbox;
  let push: PushService;
  let platform: TestPlatform;
  beforeAll(async () => {
    [mailbox, push] = await Promise.all([createMailbox(), startPushService()]);
    platform = await startTestPlatform(shape, { ...mailbox.env, PUSH_ALLOW_LOCAL: 'true' });
  });
  afterAll(async () => {
    await platform?.close();
    await Promise.all([mailbox?.close(), push?.close()]);
  });

  let made = 0;
  /** Registers with a browser that prefers some languages. */
  async function registerFrom(acceptLanguage: string): Promise<Person & { email: string }> {
    const username = `reader.${++made}`;
    const email = `${username}@example.org`;
    const response = await fetch(platform.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': acceptLanguage },
      body: JSON.stringify({
        query: String(operations.CreateAccountDocument),
        variables: { input: { username, email, password: PASSWORD } },
      }),
    });
    type Answer = { data: { createAccount: { user: { id: string }; accessToken: string } } };
    const { user, accessToken: token } = ((await response.json()) as Answer).data.createAccount;
    return { id: user.id, username, email, token, client: platform.client.as(token) };
  }
  const languageOf = async ({ client }: Person) =>
    (await client.request(operations.AccountSettingsDocument, {})).accountSettings!.language;
  const textsOf = async ({ client }: Person) =>
    (await client.request(operations.NotificationsDocument, {})).notifications!.edges.map(({ node }) => node.text);
  /** Makes all mails about notifications due. */
  const hurry = () =>
    platform.environment.database.pool.query(
      'UPDATE notification.delivery SET due_at = now() WHERE due_at IS NOT NULL',
    );

  test('from the registration on, in mails, push messages and the list of notifications', async () => {
    const reader = await registerFrom('de-AT,de;q=0.9,en;q=0.5');
    expect(await languageOf(reader)).toBe('de');
    const { token, language } = await mailbox.received(reader.email, /^Bestätige deine E-Mail-Adresse$/);
    expect(language).toBe('de');
    await platform.client.request(operations.VerifyEmailDocument, { input: { token: token! } });
    await reader.client.request(operations.UpdateNotificationDeliveryDocument, { input: { mail: ['FOLLOW'] } });
    const { pushPublicKey } = await reader.client.request(operations.PushSubscriptionsDocument, {});
    const { subscription, path } = push.browser(pushPublicKey!);
    await reader.client.request(operations.CreatePushSubscriptionDocument, { input: subscription });
    await eventually(async () => {
      const { rows } = await platform.environment.database.pool.query(
        'SELECT language FROM notification.person_language',
      );
      expect(rows).toContainEqual({ language: 'de' });
    });

    const fan = await register(platform.client, 'fan');
    await follow(fan, reader);
    const german = `${fan.username} folgt dir jetzt.`;
    await eventually(async () => expect(await textsOf(reader)).toEqual([german]));
    await eventually(() =>
      expect(push.received.filter((one) => one.path === path).map(({ shown }) => shown)).toMatchObject([
        { title: 'Tintype', body: german, lang: 'de' },
      ]),
    );
    await eventually(async () => {
      await hurry();
      const mails = (await mailbox.to(reader.email)).filter(({ subject }) => subject === german);
      expect(mails).toMatchObject([{ language: 'de', text: expect.stringMatching(/^Abbestellen: http/m) }]);
    });

    const chosen = await reader.client.request(operations.UpdateAccountSettingsDocument, {
      input: { language: 'en-GB' },
    });
    expect(chosen.updateAccountSettings).toEqual({ accountSettings: { language: 'en' }, errors: [] });
    await eventually(async () => expect(await textsOf(reader)).toEqual([`${fan.username} started following you.`]));
    const refused = await reader.client.request(operations.UpdateAccountSettingsDocument, {
      input: { language: 'tlh' },
    });
    expect(refused.updateAccountSettings!.errors).toMatchObject([{ code: 'LANGUAGE_UNSUPPORTED' }]);
    expect(await languageOf(reader)).toBe('en');
  });

  test.each([
    ['tlh-Latn-US, vo', 'en'],
    ['x'.repeat(10_000), 'en'],
    ['de;q=0, *', 'en'],
    ['*, de-CH;q=0.1', 'de'],
  ])('whatever a client prefers: %s', async (acceptLanguage, language) => {
    expect(await languageOf(await registerFrom(acceptLanguage))).toBe(language);
  });

  test('on its pages', async () => {
    const pages = {
      '/verify-email': ['E-Mail-Adresse bestätigen', 'Verify your e-mail address'],
      '/reset-password': ['Neues Passwort festlegen', 'Set a new password'],
      '/data-export': ['Deine Daten herunterladen', 'Download your data'],
      '/unsubscribe?token=none': ['Diese E-Mails abbestellen', 'Stop these mails'],
      '/p/1': ['Hier gibt es nichts', 'There is nothing here'],
      '/oauth/authorize': ['Das hat nicht geklappt', 'This did not work'],
    } as const;
    for (const [path, [german, english]] of Object.entries(pages)) {
      for (const [accepted, language, text] of [
        ['de', 'de', german],
        ['tlh, de-CH;q=0.2', 'de', german],
        ['tlh', 'en', english],
      ] as const) {
        const headers = { accept: 'text/html', 'accept-language': accepted };
        const response = await fetch(platform.url + path, { headers });
        expect(response.headers.get('content-language'), `${path} ${accepted}`).toBe(language);
        const page = await response.text();
        expect(page).toContain(`<html lang="${language}" dir="ltr">`);
        expect(page).toContain(text);
        if (!path.startsWith('/oauth/')) expect(response.headers.get('vary')).toMatch(/\bAccept-Language\b/);
      }
    }
  });
});
