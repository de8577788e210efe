import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMailChannel } from '../src/mail/mail.channel.ts';
import { createMailTransport } from '../src/mail/mail-transport.ts';
import { type DeliveryStage, type Person, startDeliveryStage } from './delivery.stage.ts';

let stage: DeliveryStage;
let [reader, anna, bob]: Person[] = [];
beforeAll(async () => {
  stage = await startDeliveryStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  stage.mail.answer(250);
  [reader, anna, bob] = await stage.people(3);
});

const mailsTo = ({ email }: Person) => stage.mail.received.filter(({ to }) => to === email).map(({ text }) => text);

test('what was chosen and stays unread is mailed, all of it together', async () => {
  await stage.choose(reader!, { mail: ['FOLLOW'] });
  await stage.follow(anna!, reader!);
  await stage.follow(bob!, reader!);
  await stage.waiting(reader!, 1);
  expect(mailsTo(reader!)).toEqual([]);
  await stage.hurry(reader!);
  await eventually(() => expect(mailsTo(reader!)).toHaveLength(1));
  const [mail] = mailsTo(reader!);
  expect(mail).toMatch(/^From: notes@tintype\.example\r$/m);
  expect(mail).toMatch(new RegExp(`^Subject: .*${bob!.username}.* started following you`, 'm'));
  expect(mail).toContain('text/html');
});

test('a mail server that says no for good is not asked again, and one that says later is', async () => {
  await stage.choose(reader!, { mail: ['FOLLOW'] });
  stage.mail.answer(550);
  await stage.follow(anna!, reader!);
  await stage.waiting(reader!, 1);
  await stage.hurry(reader!);
  await stage.waiting(reader!, 0);
  stage.mail.answer(451);
  await stage.follow(bob!, reader!);
  await stage.waiting(reader!, 1);
  await stage.hurry(reader!);
  const attempts = 'SELECT attempts::int, due_at > now() AS later FROM notification.delivery WHERE recipient_id = $1';
  await eventually(async () =>
    expect((await stage.pool.query(attempts, [reader!.id])).rows).toEqual([{ attempts: 1, later: true }]),
  );
  stage.mail.answer(250);
  await stage.hurry(reader!);
  await eventually(() => expect(mailsTo(reader!)).toHaveLength(1));
});

test('a digest tells what is unread and new since the last one, and none is sent of nothing', async () => {
  expect(
    (await stage.choose(reader!, { digest: { frequency: 'DAILY', hour: 7 }, timeZone: 'Asia/Kathmandu' })).errors,
  ).toEqual([]);
  const due = async () => {
    const text = `SELECT digest_due_at AS at FROM notification.delivery_setting WHERE user_id = $1`;
    return (await stage.pool.query<{ at: Date }>(text, [reader!.id])).rows[0]!.at;
  };
  // 7:00 in Kathmandu is 1:15 in UTC.
  expect((await due()).toISOString()).toMatch(/T01:15:00\.000Z$/);
  const handled = async (mails: number) => {
    await stage.hurry(reader!);
    await eventually(async () => expect((await due()).toISOString()).toMatch(/T01:15:00\.000Z$/));
    expect(mailsTo(reader!)).toHaveLength(mails);
  };
  await handled(0);
  await stage.follow(anna!, reader!);
  const unread = '{ unreadNotificationCount }';
  await eventually(async () =>
    expect(await stage.graph.ask('notification', reader!.id, unread)).toEqual({ unreadNotificationCount: 1 }),
  );
  await handled(1);
  expect(mailsTo(reader!)[0]).toContain(`${anna!.username} started following you`);
  await handled(1);
  await stage.choose(reader!, { digest: { frequency: 'OFF' } });
  expect(await due()).toBeNull();
});

test.each([
  [{ timeZone: 'Mars/Olympus' }, 'TIME_ZONE_UNKNOWN', 'timeZone'],
  [{ quietHours: { from: '22:00', to: '24:00' } }, 'TIME_INVALID', 'quietHours'],
  [{ quietHours: { from: '22:00', to: '22:00' } }, 'TIME_INVALID', 'quietHours'],
  [{ digest: { frequency: 'DAILY', hour: 24 } }, 'TIME_INVALID', 'digest'],
])('%j is refused, and nothing changes', async (wrong, code, field) => {
  await stage.choose(reader!, { mail: ['LIKE_POST'], timeZone: 'Europe/Lisbon' });
  const { delivery, errors } = await stage.choose(reader!, { ...wrong, mail: [] });
  expect(errors).toEqual([{ code, path: ['input', field] }]);
  expect(delivery).toMatchObject({ mail: ['LIKE_POST'], timeZone: 'Europe/Lisbon', quietHours: null });
});

test('what is left out stays as it is', async () => {
  await stage.choose(reader!, { push: ['COMMENT', 'COMMENT'], quietHours: { from: '22:30', to: '07:00' } });
  const { delivery } = await stage.choose(reader!, { timeZone: 'America/Lima' });
  expect(delivery).toEqual({
    push: ['COMMENT'],
    mail: [],
    timeZone: 'America/Lima',
    quietHours: { from: '22:30', to: '07:00' },
    digest: { frequency: 'OFF', hour: 9 },
  });
});

test('on one machine mails are files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tintype-mail-'));
  const transport = createMailTransport({ directory, from: 'notes@tintype.example' });
  const channel = createMailChannel({ transport, domain: 'tintype.example' });
  const line = 'anna <b>liked</b> your photo\r\nBcc: everyone@example.org';
  const message = { tag: 'n1', lines: [line], more: 0, url: 'https://tintype.example/p/1' };
  expect(await channel.deliver({ email: 'reader@example.org' }, message)).toEqual({ kind: 'delivered' });
  const [name] = await readdir(directory);
  const text = await readFile(join(directory, name!), 'utf8');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  expect(head).toMatch(/^To: reader@example\.org\r$/m);
  expect(head).not.toMatch(/^Bcc:/m);
  expect(text).toContain('&lt;b&gt;');
  transport.close();
  await rm(directory, { recursive: true });
});
