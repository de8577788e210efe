import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

export type ReceivedMail = {
  subject: string;
  /** The plain text. */
  text: string;
  /** The address that it leads to; null if there is none. */
  link: string | null;
  /** The token in the link; null if there is none. */
  token: string | null;
};

/** Where a platform under test writes its mails. */
export type Mailbox = {
  /** Settings of a platform that sends to it. */
  env: Record<string, string>;
  /** All mails to an address, oldest first. */
  to(email: string): Promise<ReceivedMail[]>;
  /** The newest mail to an address with this subject, once it has arrived. */
  received(email: string, subject: RegExp): Promise<ReceivedMail>;
  close(): Promise<void>;
};

export async function createMailbox(): Promise<Mailbox> {
  const directory = await mkdtemp(join(tmpdir(), 'tintype-mailbox-'));
  const to = async (email: string): Promise<ReceivedMail[]> => {
    const names = (await readdir(directory)).filter((name) => name.endsWith('.eml')).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
    return texts.filter((text) => headerOf(text, 'To') === email).map(readMail);
  };
  return {
    env: { MAIL_DIRECTORY: directory },
    to,
    received: (email, subject) =>
      eventually(async () => {
        const found = (await to(email)).findLast((mail) => subject.test(mail.subject));
        if (!found) throw new Error(`no mail to ${email} has the subject ${subject}`);
        return found;
      }),
    close: () => rm(directory, { recursive: true }),
  };
}

function headerOf(mail: string, name: string): string {
  return new RegExp(`^${name}: (.*)\\r$`, 'm').exec(mail)?.[1] ?? '';
}

function readMail(mail: string): ReceivedMail {
  const [, part = ''] = mail.split(/^Content-Type: text\/plain[^\r]*\r\n/m);
  const body = part.slice(part.indexOf('\r\n\r\n') + 4, part.search(/^--/m));
  const isQuoted = /^Content-Transfer-Encoding: quoted-printable/m.test(part.slice(0, part.indexOf('\r\n\r\n') + 2));
  const text = isQuoted ? decodeQuotedPrintable(body) : body;
  const link = /https?:\/\/\S+/.exec(text)?.[0] ?? null;
  const token = link && new URLSearchParams(new URL(link).hash.slice(1)).get('token');
  return { subject: headerOf(mail, 'Subject'), text, link, token };
}

/** RFC 2045, section 6.7. */
function decodeQuotedPrintable(text: string): string {
  const joined = text.replaceAll('=\r\n', '');
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
