import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';

export type Mail = { to: string; subject: string; text: string; html: string; messageId: string };

/** Takes one mail, or rejects: with `responseCode` where a server answered. */
export type MailTransport = { send(mail: Mail): Promise<void>; close(): void };

export type MailOptions = { from: string } & ({ url: string } | { directory: string });

const TIMEOUT_MS = 10_000;
const AT_ONCE = 4;

/** Over SMTP, or into a directory as `.eml` files that mail programs open: for one's own machine. */
export function createMailTransport(options: MailOptions): MailTransport {
  return 'url' in options ? overSmtp(options.url, options.from) : intoFiles(options.directory, options.from);
}

function overSmtp(url: string, from: string): MailTransport {
  const waits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport = createTransport({ url, pool: true, maxConnections: AT_ONCE, ...waits }, { from });
  return {
    async send(mail) {
      await transport.sendMail(mail);
    },
    close: () => transport.close(),
  };
}

function intoFiles(directory: string, from: string): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true }, { from });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(mail);
      await mkdir(directory, { recursive: true });
      const path = join(directory, `${mail.messageId.replace(/[^\w.-]/g, '_')}.eml`);
      // Whoever looks into the directory sees whole mails only.
      await writeFile(`${path}.part`, message as Buffer);
      await rename(`${path}.part`, path);
    },
    close: () => transport.close(),
  };
}
