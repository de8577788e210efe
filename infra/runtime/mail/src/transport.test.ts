import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMailTransport, newMessageId } from './transport.ts';

const FROM = 'platform@example.org';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tintype-mail-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function sent(to: string, subject = 'Hello'): Promise<string> {
  const transport = createMailTransport({ directory, from: FROM });
  const texts = { language: 'de', subject, text: 'text', html: '<p>text</p>' };
  await transport.send({ to, ...texts, messageId: newMessageId('1', FROM) });
  transport.close();
  const [name] = await readdir(directory);
  return readFile(join(directory, name!), 'utf8');
}
const headersOf = (message: string) =>
  message
    .slice(0, message.indexOf('\r\n\r\n'))
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');

test('a mail has one recipient, whatever characters the address has', async () => {
  const headers = headersOf(await sent('victim@example.org, other@example.com'));
  expect(headers.filter((line) => /^(to|cc|bcc):/i.test(line))).toHaveLength(1);
  expect(headers).not.toContainEqual(expect.stringMatching(/^To: *victim@example\.org,/));
});

test.each(['a@b.org\r\nBcc: c@d.org', 'a@b.org\nBcc: c@d.org', 'a@b.org\r\n\r\nBody'])(
  'the address %j adds no header',
  async (to) => {
    expect(headersOf(await sent(to)).filter((line) => /^bcc:/i.test(line))).toEqual([]);
  },
);

test('a mail says which language it is in', async () => {
  expect(headersOf(await sent('a@b.org'))).toContain('Content-Language: de');
});

test('a subject adds no header', async () => {
  const headers = headersOf(await sent('a@b.org', 'Hello\r\nBcc: c@d.org'));
  expect(headers.filter((line) => /^bcc:/i.test(line))).toEqual([]);
});
