import * as operations from '@tintype/schema/operations';
import { createMailbox, eventually, type Mailbox } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

const ONE_CLICK = 'List-Unsubscribe=One-Click';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe.each(SHAPES)('the link that stops mails, %s', (shape) => {
  let mailbox: Mailbox;
  let platform: TestPlatform;
  let reader: Person;
  /** The address in a mail, with the port of this test's gateway. */
  let address: string;
  beforeAll(async () => {
    mailbox = await createMailbox();
    platform = await startTestPlatform(shape, mailbox.env);
    reader = await register(platform.client, 'reader');
    const { emailAddress } = await reader.client.request(operations.EmailAddressDocument, {});
    const { token } = await mailbox.received(emailAddress!.address, /Verify/);
    await platform.client.request(operations.VerifyEmailDocument, { input: { token: token! } });
    await choose();
    await follow(await register(platform.client, 'fan'), reader);
    const { pool } = platform.environment.database;
    await eventually(async () => {
      await pool.query('UPDATE notification.delivery SET due_at = now() WHERE due_at IS NOT NULL');
      const [mail] = (await mailbox.to(emailAddress!.address)).filter(({ subject }) => /following/.test(subject));
      const { pathname, search } = new URL(/^Unsubscribe: (\S+)/m.exec(mail!.text)![1]!);
      address = `${platform.url}${pathname}${search}`;
    });
  });
  afterAll(async () => {
    await platform?.close();
    await mailbox?.close();
  });

  const choose = () =>
    reader.client.request(operations.UpdateNotificationDeliveryDocument, { input: { mail: ['FOLLOW'] } });
  const mails = async () => {
    const { updateNotificationDelivery } = await reader.client.request(operations.UpdateNotificationDeliveryDocument, {
      input: {},
    });
    return updateNotificationDelivery!.delivery.mail;
  };
  const post = (url: string, body: string, headers: Record<string, string> = FORM) =>
    fetch(url, { method: 'POST', body, headers });

  test('shows a page to whoever opens it, and changes nothing', async () => {
    await choose();
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(address, { method });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("form-action 'self'");
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
    expect(await mails()).toEqual(['FOLLOW']);
  });

  test.each([
    ['a form', ONE_CLICK, FORM],
    [
      'a form with parts',
      `--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n`,
      { 'content-type': 'multipart/form-data; boundary=b' },
    ],
  ])('stops the mails by one POST of %s, without a log-in', async (_what, body, headers) => {
    await choose();
    for (let time = 0; time < 2; time += 1) expect((await post(address, body, headers)).status).toBe(200);
    expect(await mails()).toEqual([]);
  });

  test('refuses other bodies and other tokens', async () => {
    await choose();
    expect((await post(address, 'List-Unsubscribe=No')).status).toBe(400);
    expect((await post(address, '')).status).toBe(400);
    expect((await post(address, JSON.stringify({ a: 1 }), { 'content-type': 'application/json' })).status).toBe(400);
    expect((await post(address, ONE_CLICK.padEnd(9000))).status).toBe(413);
    for (const wrong of [`${address}x`, address.replace(/token=./, 'token='), `${platform.url}/unsubscribe`]) {
      expect((await post(wrong, ONE_CLICK)).status).toBe(404);
    }
    expect(await mails()).toEqual(['FOLLOW']);
  });
});
