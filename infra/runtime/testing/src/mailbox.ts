import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

export type ReceivedMail = {
  subject: string;
  /** The tag in its `Content-Language` header. */
  language: string;
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
        if (!found) throw new Error(`No mail to ${email} has the subject ${subject}.`);
        return found;
      }),
    close: () => rm(directory, { recursive: true }),
  };
}

function headerOf(mail: string, name: string): string {
  const head = mail.slice(0, mail.indexOf('\r\n\r\n') + 2).replaceAll(/\r\n[ \t]+/g, ' ');
  return decodeWords(new RegExp(`^${name}: (.*)\\r$`, 'm').exec(head)?.[1] ?? '');
}

function readMail(mail: string): ReceivedMail {
  const [, part = ''] = mail.split(/^Content-Type: text\/plain[^\r]*\r\n/m);
  // A line of a body may start with two hyphens, too, if a token has them.
  const boundary = /boundary="?([^";\r]+)/.exec(mail)?.[1];
  const body = part.slice(part.indexOf('\r\n\r\n') + 4).split(`\r\n--${boundary}`, 1)[0]!;
  const [, encoding] = /^Content-Transfer-Encoding: (\S+)/m.exec(part.slice(0, part.indexOf('\r\n\r\n') + 2)) ?? [];
  const text = decodeBody(body, encoding);
  const link = /https?:\/\/\S+/.exec(text)?.[0] ?? null;
  const token = link && new URLSearchParams(new URL(link).hash.slice(1)).get('token');
  return { subject: headerOf(mail, 'Subject'), language: headerOf(mail, 'Content-Language'), text, link, token };
}

function decodeBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n');
  return encoding === 'quoted-printable' ? decodeQuotedPrintable(body) : body;
}

/** The words of a header that are not ASCII (RFC 2047). Spaces between two of them are no part of the text. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString()
        : decodeQuotedPrintable(word.replaceAll('_', ' ')),
    );
}

/** RFC 2045, section 6.7. */
function decodeQuotedPrintable(text: string): string {
  const joined = text.replaceAll('=\r\n', '');
  const bytes = joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
