import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMailTransport } from '@tintype/mail';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMailChannel } from '../src/delivery/mail/mail.channel.ts';
import { type DeliveryFixture, type Person, startDeliveryFixture } from './delivery.fixture.ts';

let fixture: DeliveryFixture;
let [recipient, anna, bob]: Person[] = [];
beforeAll(async () => {
  fixture = await startDeliveryFixture();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  fixture.mail.answer(250);
  [recipient, anna, bob] = await fixture.people(3);
});

const mailsTo = ({ email }: Person) => fixture.mail.received.filter(({ to }) => to === email).map(({ text }) => text);

test('mails unread notifications of chosen kinds together', async () => {
  await fixture.choose(recipient!, { mail: ['FOLLOW'] });
  await fixture.follow(anna!, recipient!);
  await fixture.follow(bob!, recipient!);
  await fixture.waiting(recipient!, 1);
  expect(mailsTo(recipient!)).toEqual([]);
  await fixture.hurry(recipient!);
  await eventually(() => expect(mailsTo(recipient!)).toHaveLength(1));
  const [mail] = mailsTo(recipient!);
  expect(mail).toMatch(/^From: notes@tintype\.example\r$/m);
  expect(mail).toMatch(new RegExp(`^Subject: .*${bob!.username}.* started following you.`, 'm'));
  expect(mail).toContain('text/html');
});

test('retries after a temporary refusal of the mail server, but not after a permanent one', async () => {
  await fixture.choose(recipient!, { mail: ['FOLLOW'] });
  fixture.mail.answer(550);
  await fixture.follow(anna!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.hurry(recipient!);
  await fixture.waiting(recipient!, 0);
  fixture.mail.answer(451);
  await fixture.follow(bob!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.hurry(recipient!);
  const attempts = 'SELECT attempts::int, due_at > now() AS later FROM notification.delivery WHERE recipient_id = $1';
  await eventually(async () =>
    expect((await fixture.pool.query(attempts, [recipient!.id])).rows).toEqual([{ attempts: 1, later: true }]),
  );
  fixture.mail.answer(250);
  await fixture.hurry(recipient!);
  await eventually(() => expect(mailsTo(recipient!)).toHaveLength(1));
});

test('sends a digest of what became unread since the last one, and none if there is nothing', async () => {
  expect(
    (await fixture.choose(recipient!, { digest: { frequency: 'DAILY', hour: 7 }, timeZone: 'Asia/Kathmandu' })).errors,
  ).toEqual([]);
  const due = async () => {
    const text = `SELECT digest_due_at AS at FROM notification.delivery_setting WHERE user_id = $1`;
    return (await fixture.pool.query<{ at: Date }>(text, [recipient!.id])).rows[0]!.at;
  };
  // 7:00 in Kathmandu is 1:15 in UTC.
  expect((await due()).toISOString()).toMatch(/T01:15:00\.000Z$/);
  const handled = async (mails: number) => {
    await fixture.hurry(recipient!);
    await eventually(async () => expect((await due()).toISOString()).toMatch(/T01:15:00\.000Z$/));
    expect(mailsTo(recipient!)).toHaveLength(mails);
  };
  await handled(0);
  await fixture.follow(anna!, recipient!);
  const unread = '{ unreadNotificationCount }';
  await eventually(async () =>
    expect(await fixture.graph.ask('notification', recipient!.id, unread)).toEqual({ unreadNotificationCount: 1 }),
  );
  await handled(1);
  expect(mailsTo(recipient!)[0]).toContain(`${anna!.username} started following you.`);
  await handled(1);
  await fixture.choose(recipient!, { digest: { frequency: 'OFF' } });
  expect(await due()).toBeNull();
});

test.each([
  [{ timeZone: 'Mars/Olympus' }, 'TIME_ZONE_UNKNOWN', 'timeZone'],
  [{ quietHours: { from: '22:00', to: '24:00' } }, 'TIME_INVALID', 'quietHours'],
  [{ quietHours: { from: '22:00', to: '22:00' } }, 'TIME_INVALID', 'quietHours'],
  [{ digest: { frequency: 'DAILY', hour: 24 } }, 'TIME_INVALID', 'digest'],
])('rejects %j and changes nothing', async (wrong, code, field) => {
  await fixture.choose(recipient!, { mail: ['POST_LIKE'], timeZone: 'Europe/Lisbon' });
  const { delivery, errors } = await fixture.choose(recipient!, { ...wrong, mail: [] });
  expect(errors).toEqual([{ code, path: ['input', field] }]);
  expect(delivery).toMatchObject({ mail: ['POST_LIKE'], timeZone: 'Europe/Lisbon', quietHours: null });
});

test('keeps settings that are left out', async () => {
  await fixture.choose(recipient!, { push: ['COMMENT', 'COMMENT'], quietHours: { from: '22:30', to: '07:00' } });
  const { delivery } = await fixture.choose(recipient!, { timeZone: 'America/Lima' });
  expect(delivery).toEqual({
    push: ['COMMENT'],
    mail: [],
    timeZone: 'America/Lima',
    quietHours: { from: '22:30', to: '07:00' },
    digest: { frequency: 'OFF', hour: 9 },
  });
});

test('writes mails to files on a local machine', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tintype-mail-'));
  const transport = createMailTransport({ directory, from: 'notes@tintype.example' });
  const channel = createMailChannel({ transport, from: 'notes@tintype.example' });
  const line = 'anna <b>liked</b> your photo\r\nBcc: everyone@example.org';
  const unsubscribeUrl = 'https://tintype.example/unsubscribe?token=7.n.x';
  const message = { tag: 'n1', language: 'en' as const, lines: [line], more: 0, url: 'https://tintype.example/p/1' };
  expect(await channel.deliver({ email: 'recipient@example.org', unsubscribeUrl }, message)).toEqual({
    kind: 'delivered',
  });
  const hostile = `${unsubscribeUrl}\r\nBcc: everyone@example.org\r\n\r\n<p>more</p>`;
  expect(await channel.deliver({ email: 'recipient@example.org', unsubscribeUrl: hostile }, message)).toEqual({
    kind: 'delivered',
  });
  for (const file of await readdir(directory)) {
    const mail = await readFile(join(directory, file), 'utf8');
    const headers = mail.slice(0, mail.indexOf('\r\n\r\n'));
    expect(headers.match(/^bcc:/gim)).toBeNull();
    expect(headers.match(/^List-Unsubscribe: <https:/gm)).toHaveLength(1);
    expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  }
  const [name] = await readdir(directory);
  const text = await readFile(join(directory, name!), 'utf8');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  expect(head).toMatch(/^To: recipient@example\.org\r$/m);
  expect(head).not.toMatch(/^Bcc:/m);
  expect(text).toContain('&lt;b&gt;');
  transport.close();
  await rm(directory, { recursive: true });
});

test('mails nothing of restricted people, neither at once nor in a digest', async () => {
  await fixture.choose(recipient!, { mail: ['FOLLOW'], digest: { frequency: 'DAILY', hour: 7 } });
  await fixture.world.restrict(recipient!.id, anna!.id);
  await fixture.follow(anna!, recipient!);
  await fixture.waiting(recipient!, 1);
  await fixture.hurry(recipient!);
  await fixture.waiting(recipient!, 0);
  const due = 'SELECT digest_due_at > now() AS later FROM notification.delivery_setting WHERE user_id = $1';
  await eventually(async () =>
    expect((await fixture.pool.query(due, [recipient!.id])).rows).toEqual([{ later: true }]),
  );
  expect(mailsTo(recipient!)).toEqual([]);
});

describe('unsubscribing', () => {
  const DELIVERY = '{ notificationDelivery { mail digest { frequency } } }';
  const settingsOf = async ({ id }: Person) =>
    (await fixture.graph.ask<{ notificationDelivery: object }>('notification', id, DELIVERY)).notificationDelivery;
  const unsubscribe = async (token: string) => {
    const mutation = `mutation ($input: UnsubscribeInput!) { unsubscribe(input: $input) { stopped errors { code path } } }`;
    return (await fixture.graph.ask<{ unsubscribe: object }>('notification', null, mutation, { input: { token } }))
      .unsubscribe;
  };
  /** The token in the header of a mail. */
  const tokenIn = (mail: string) => /^List-Unsubscribe: <\S+\/unsubscribe\?token=([\w.-]+)>\r$/m.exec(mail)?.[1];

  test('stops what the mail was part of, for its recipient, without a log-in, and again if it is repeated', async () => {
    const digest = { frequency: 'DAILY', hour: 7 };
    for (const person of [recipient!, anna!]) await fixture.choose(person, { mail: ['FOLLOW'], digest });
    await fixture.follow(bob!, recipient!);
    await fixture.waiting(recipient!, 1);
    await fixture.hurry(recipient!);
    await eventually(() => expect(mailsTo(recipient!)).toHaveLength(2));
    const tokens = mailsTo(recipient!).map((mail) => {
      expect(mail).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
      return tokenIn(mail)!;
    });
    const [ofMails, ofDigest] = ['n', 'd'].map((letter) => tokens.find((token) => token.includes(`.${letter}.`))!);
    for (let time = 0; time < 2; time += 1) {
      expect(await unsubscribe(ofMails!)).toEqual({ stopped: 'NOTIFICATIONS', errors: [] });
      expect(await settingsOf(recipient!)).toEqual({ mail: [], digest: { frequency: 'DAILY' } });
    }
    expect(await unsubscribe(ofDigest!)).toEqual({ stopped: 'DIGEST', errors: [] });
    expect(await settingsOf(recipient!)).toEqual({ mail: [], digest: { frequency: 'OFF' } });
    expect(await settingsOf(anna!)).toEqual({ mail: ['FOLLOW'], digest: { frequency: 'DAILY' } });
  });

  test('needs a token of the platform', async () => {
    await fixture.choose(recipient!, { mail: ['FOLLOW'] });
    const refused = { stopped: null, errors: [{ code: 'TOKEN_INVALID', path: ['input', 'token'] }] };
    for (const token of ['', 'none', `${recipient!.id}.n.${'a'.repeat(43)}`, 'x'.repeat(100_000)])
      expect(await unsubscribe(token)).toEqual(refused);
    expect(await settingsOf(recipient!)).toMatchObject({ mail: ['FOLLOW'] });
  });
});
