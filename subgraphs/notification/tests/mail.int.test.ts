import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMailTransport } from '@tintype/mail';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
  const message = { tag: 'n1', lines: [line], more: 0, url: 'https://tintype.example/p/1' };
  expect(await channel.deliver({ email: 'recipient@example.org' }, message)).toEqual({ kind: 'delivered' });
  const [name] = await readdir(directory);
  const text = await readFile(join(directory, name!), 'utf8');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  expect(head).toMatch(/^To: recipient@example\.org\r$/m);
  expect(head).not.toMatch(/^Bcc:/m);
  expect(text).toContain('&lt;b&gt;');
  transport.close();
  await rm(directory, { recursive: true });
});
