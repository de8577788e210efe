import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailTransport, type MailTransport, newMessageId } from '../src/index.ts';

const FROM = 'tintype@example.org';
const TO = 'reader@example.org';
const HEADERS = [
  'content-language',
  'content-type',
  'date',
  'from',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'message-id',
  'mime-version',
  'subject',
  'to',
];

let directory: string;
let transport: MailTransport;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-mail-'));
  transport = createMailTransport({ directory, from: FROM });
});
afterAll(async () => {
  transport.close();
  await rm(directory, { recursive: true });
});

/** Texts that begin another header, end the headers, or end the mail. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', '\0', '\u2028', '\n.\n', 'Bcc: b@evil.example', '--', ' '),
      fc.string(),
    ),
  )
  .map((parts) => `a${parts.join('')}`);

test('no text becomes a header, a recipient or another part of a mail', async () => {
  const checked = fc.asyncProperty(hostile, hostile, hostile, async (subject, body, token) => {
    const html = `<p>${body.replaceAll('<', '')}</p>`;
    await transport.send({
      to: TO,
      language: 'en',
      subject,
      text: body,
      html,
      messageId: newMessageId('7', FROM),
      unsubscribeUrl: `https://tintype.example/unsubscribe?token=${token}`,
    });
    const [name, ...others] = await readdir(directory);
    expect(others).toEqual([]);
    const mail = await readFile(join(directory, name!), 'latin1');
    await rm(join(directory, name!));
    const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
    const fields = head.split(/\r\n|\r|\n/).map((line) => line.split(/: ?(.*)/, 2) as [string, string]);
    expect(fields.map(([field]) => field.toLowerCase()).toSorted()).toEqual(HEADERS);
    const value = (field: string) => fields.find(([one]) => one.toLowerCase() === field)?.[1];
    expect([value('from'), value('to')]).toEqual([FROM, TO]);
    expect(value('list-unsubscribe')).toMatch(/^<https:\/\/tintype\.example\/unsubscribe\?token=[!-;=?-~]*>$/);
    const [, boundary] = /boundary="([^"]+)"/.exec(value('content-type') ?? '')!;
    expect(mail.split(`\r\n--${boundary}`)).toHaveLength(4);
  });
  await fc.assert(checked, { numRuns: 200 });
});
