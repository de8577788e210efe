import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';

export type Mail = {
  /** One address, whatever characters it has. */
  to: string;
  /** Of the texts: a tag (BCP 47). */
  language: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /**
   * For mails that people subscribe to: a POST to this URL stops them, without any further question (RFC 8058). Mail
   * programs show a button for it.
   */
  unsubscribeUrl?: string;
};

/** Sends one mail. Rejects with an error that has a `responseCode` if a server answered. */
export type MailTransport = { send(mail: Mail): Promise<void>; close(): void };

export type MailOptions = { from: string } & ({ url: string } | { directory: string });

const TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 4;

/**
 * @param tag what the mail is about
 * @param from the sender's address, whose domain becomes that of the id
 */
export function newMessageId(tag: string, from: string): string {
  return `<${tag}.${randomUUID()}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** Sends over SMTP or, for local use, writes `.eml` files that mail programs can open. */
export function createMailTransport(options: MailOptions): MailTransport {
  return 'url' in options ? overSmtp(options.url, options.from) : intoFiles(options.directory, options.from);
}

/**
 * An address in a string could be read as a list of several. The URL is canonical, so it has nothing that could start
 * another header, and it is not folded, because not all programs would find it then.
 *
 * @throws TypeError if `unsubscribeUrl` is no URL
 */
function messageOf({ unsubscribeUrl, language, ...mail }: Mail): SendMailOptions {
  const message = { ...mail, to: { name: '', address: mail.to } };
  const ofLanguage = { 'Content-Language': language };
  if (unsubscribeUrl === undefined) return { ...message, headers: ofLanguage };
  const headers = {
    ...ofLanguage,
    'List-Unsubscribe': { prepared: true, value: `<${new URL(unsubscribeUrl).href}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
  return { ...message, headers };
}

function overSmtp(url: string, from: string): MailTransport {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport = createTransport({ url, pool: true, maxConnections: MAX_CONNECTIONS, ...timeouts }, { from });
  return {
    async send(mail) {
      await transport.sendMail(messageOf(mail));
    },
    close: () => transport.close(),
  };
}

function intoFiles(directory: string, from: string): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true }, { from });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(messageOf(mail));
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${mail.messageId.replace(/[^\w.-]/g, '_')}.eml`);
      // Renamed when complete, so that the directory has only whole mails.
      await writeFile(`${path}.part`, message as Buffer);
      await rename(`${path}.part`, path);
    },
    close: () => transport.close(),
  };
}
